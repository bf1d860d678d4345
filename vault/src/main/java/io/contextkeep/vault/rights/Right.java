package io.contextkeep.vault.rights;

import io.contextkeep.ontology.Coded;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a customer may ask for, by the name that laws have in common, and what she says with it. */
public enum Right implements Coded {
  ACCESS,
  RECTIFICATION("attribute", "value"),
  ERASURE,
  RESTRICTION,
  PORTABILITY,
  OBJECTION("purpose"),
  /** That a person looks at a decision that was made automatically. */
  REVIEW("decision"),
  /** No sale of her data, and no sharing of it for advertising across contexts. */
  OPT_OUT;

  private final Set<String> fields;

  Right(String... fields) {
    this.fields = Set.of(fields);
  }

  /** The fields that a request for it has, all of them. */
  public Set<String> fields() {
    return fields;
  }

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<Right> parse(String code) {
    return Arrays.stream(values()).filter(right -> right.code().equals(code)).findFirst();
  }

  public static List<String> codes() {
    return Arrays.stream(values()).map(Right::code).toList();
  }
}
