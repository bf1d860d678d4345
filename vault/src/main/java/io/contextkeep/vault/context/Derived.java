package io.contextkeep.vault.context;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.registry.Attribute;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The derivation of a value by a source: its inputs, its rule and its purposes.
 *
 * @param rule a coded name with its version, such as {@code churn.v3}
 * @param purposes the purposes, each of which suffices
 */
public record Derived(List<Attribute> from, String rule, List<Purpose> purposes, Kind kind) {

  /**
   * The regular expression of rules. It allows few letters and only the version's digits, because a
   * graph keeps the name forever.
   */
  public static final String RULE_PATTERN = "[a-z][a-z_]{0,30}\\.v[0-9]{1,4}";

  private static final Pattern RULE = Pattern.compile(RULE_PATTERN);

  /** The nature of a derivation: a consequence of its inputs, or a guess about the person. */
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
