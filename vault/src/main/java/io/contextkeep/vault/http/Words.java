package io.contextkeep.vault.http;

import io.contextkeep.ontology.Purpose;
import java.util.Arrays;
import java.util.Locale;

/** Parameters that are one of a few words, each a constant's name in lower case. */
final class Words {

  private Words() {}

  static <E extends Enum<E>> E parse(String parameter, String word, E[] known) {
    return Arrays.stream(known)
        .filter(one -> code(one).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "invalid_parameter",
                    "The parameter '"
                        + parameter
                        + "' knows "
                        + Arrays.stream(known).map(Words::code).toList()));
  }

  static Purpose purpose(String text) {
    return Purpose.parse(text)
        .orElseThrow(() -> Problem.badRequest("unknown_purpose", "The purpose is no DPV 2.3 term"));
  }

  static String code(Enum<?> one) {
    return one.name().toLowerCase(Locale.ROOT);
  }
}
