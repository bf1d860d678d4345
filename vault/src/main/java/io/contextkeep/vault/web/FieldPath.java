package io.contextkeep.vault.web;

import com.fasterxml.jackson.core.JsonStreamContext;
import java.util.Set;

/**
 * The path of a value in a request's body, such as {@code grants[3].purpose}. Only names of the
 * contract are shown; any other is a star, because even a name may be personal data.
 */
final class FieldPath {
  /** The path of the body itself. */
  static final String BODY = "";

  /** The replacement of a name that the contract does not know. */
  static final String HIDDEN = "*";

  private FieldPath() {}

  /** Returns the path of a field of the object at a path. */
  static String of(String at, String name) {
    return at.isEmpty() ? name : at + "." + name;
  }

  /** Returns the path of an item of the list at a path. */
  static String of(String at, int index) {
    return at + "[" + index + "]";
  }

  /**
   * Returns the path of the value at which a parser is.
   *
   * @param names those that may be shown
   */
  static String of(JsonStreamContext context, Set<String> names) {
    if (context.inRoot()) {
      return BODY;
    }
    String at = of(context.getParent(), names);
    if (context.inArray()) {
      return of(at, context.getCurrentIndex());
    }
    String name = context.getCurrentName();
    return of(at, names.contains(name) ? name : HIDDEN);
  }
}
