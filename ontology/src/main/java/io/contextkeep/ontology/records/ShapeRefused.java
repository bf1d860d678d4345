package io.contextkeep.ontology.records;

import java.util.List;

/**
 * A document has not the shape that it must have. The messages say what is missing, never a value.
 */
public final class ShapeRefused extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final transient List<String> faults;

  ShapeRefused(List<String> faults) {
    super(String.join("; ", faults));
    this.faults = List.copyOf(faults);
  }

  public List<String> faults() {
    return faults;
  }
}
