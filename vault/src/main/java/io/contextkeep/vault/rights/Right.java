package io.contextkeep.vault.rights;

import io.contextkeep.ontology.Coded;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A right of customers by its common name, and the fields of a request for it. */
enum Right implements Coded {
  ACCESS,
  RECTIFICATION("attribute", "value"),
  ERASURE,
  RESTRICTION,
  PORTABILITY,
  OBJECTION("purpose"),
  /** The review of an automated decision by a person. */
  REVIEW("decision"),
  /** The opt-out of sale, and of sharing for cross-context advertising. */
  OPT_OUT;

  private final Set<String> fields;

  Right(String... fields) {
    this.fields = Set.of(fields);
  }

  /** Returns the fields of a request for the right, all of which are needed. */
  public Set<String> fields() {
    return fields;
  }

  public static Optional<Right> parse(String code) {
    return Arrays.stream(values()).filter(right -> right.code().equals(code)).findFirst();
  }

  public static List<String> codes() {
    return Arrays.stream(values()).map(Right::code).toList();
  }
}
