package io.contextkeep.ontology.records;

import java.util.List;

/** Thrown for a document that does not conform to its shape. The messages hold no values. */
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
