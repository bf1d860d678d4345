package io.contextkeep.vault.context;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.registry.Attribute;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a source says that it worked a value out: from which attributes, by which rule, what for.
 *
 * @param rule a coded name with its version, such as {@code churn.v3}
 * @param purposes each of which alone would have allowed it
 */
public record Derived(List<Attribute> from, String rule, List<Purpose> purposes, Kind kind) {

  /** Few letters and no digits but the version's: the name is for ever in a graph. */
  public static final Pattern RULE = Pattern.compile("[a-z][a-z_]{0,30}\\.v[0-9]{1,4}");

  /** Whether it follows from what it was made from, or is a guess about the person. */
  public enum Kind {
    DERIVED("dpv:DerivedPersonalData"),
    INFERRED("dpv:InferredPersonalData");

    private final String curie;

    Kind(String curie) {
      this.curie = curie;
    }

    public String curie() {
      return curie;
    }
  }

  public Derived {
    from = List.copyOf(from);
    purposes = List.copyOf(purposes);
    if (!RULE.matcher(rule).matches()) {
      throw new IllegalArgumentException("A rule must match " + RULE);
    }
  }
}
