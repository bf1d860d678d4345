package io.contextkeep.vault.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;

/** The expected form of a value in a request, and its reader. */
interface Shape {
  /** Returns the expected form, such as "a text of 1 to 200 characters". */
  String expected();

  /** Returns the names of the fields in it, which a problem may show. */
  default Stream<String> names() {
    return Stream.empty();
  }

  /**
   * Reads a value.
   *
   * @param at its path in the body
   * @throws Problem 400 that names the path and what is expected, never the value
   */
  Object read(JsonNode node, String at);

  /** Returns the problem of a value that does not fit. */
  static Problem wrong(String at, String expected) {
    return at.equals(FieldPath.BODY)
        ? Problem.badRequest("not_an_object", "The body must be " + expected)
        : Problem.badRequest("invalid_field", "The field '" + at + "' must be " + expected);
  }
}
