package io.contextkeep.vault.web;

import io.contextkeep.ontology.Coded;
import io.contextkeep.ontology.Purpose;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Readers of parameters: constants, purposes and names. */
public final class Parameters {

  private Parameters() {}

  /** Returns the constant that has the code. */
  public static <E extends Enum<E>> E parse(String parameter, String word, E[] known) {
    return Arrays.stream(known)
        .filter(one -> code(one).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "invalid_parameter",
                    "The parameter '"
                        + parameter
                        + "' must be one of "
                        + String.join(", ", codes(known))
                        + Nearest.hint(word, codes(known))));
  }

  private static <E extends Enum<E>> List<String> codes(E[] known) {
    return Arrays.stream(known).map(Parameters::code).toList();
  }

  /** Returns a name in the path that matches the pattern. */
  public static String named(Request request, String parameter, Pattern pattern) {
    String name = request.path(parameter);
    if (!pattern.matcher(name).matches()) {
      throw Problem.badRequest("invalid_name", "The name must match " + pattern);
    }
    return name;
  }

  /** Returns the purpose in the path. */
  public static Purpose purpose(Request request) {
    return purpose(request.path("purpose"));
  }

  /** Returns the purpose that a parameter names. */
  public static Purpose purpose(String text) {
    return Purpose.parse(text)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "unknown_purpose",
                    "Unknown purpose; send one of DPV 2.3, such as dpv:ServicePersonalisation"
                        + Nearest.hint(text, Purpose.all().stream().map(Purpose::curie).toList())));
  }

  /** Returns the code of a constant. */
  public static String code(Enum<?> one) {
    return Coded.of(one);
  }
}
