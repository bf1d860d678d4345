package io.contextkeep.vault.registry;

import io.contextkeep.ontology.Coded;
import io.contextkeep.vault.web.Nearest;
import io.contextkeep.vault.web.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A facet of a customer's context. */
public enum Facet implements Coded {
  PROFILE,
  BEHAVIOUR,
  INTENT,
  PREFERENCES,
  LIFECYCLE,
  ENVIRONMENT,
  SOCIAL;

  public static Optional<Facet> parse(String code) {
    return Arrays.stream(values()).filter(facet -> facet.code().equals(code)).findFirst();
  }

  /**
   * Returns the facet of a code.
   *
   * @throws Problem 400 where there is none
   */
  static Facet needed(String code) {
    List<String> codes = Arrays.stream(values()).map(Facet::code).toList();
    return parse(code)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_facet",
                    "A facet must be one of "
                        + String.join(", ", codes)
                        + Nearest.hint(code, codes)));
  }
}
