package io.contextkeep.vault.web;

/**
 * A field that contradicts other fields of its record, thrown by the record's compact constructor.
 * The reader turns it into a 400 that names the field by its full path.
 */
public final class InvalidField extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String code;
  private final String field;

  private InvalidField(String code, String field, String fault) {
    super(fault, null, false, false);
    this.code = code;
    this.field = field;
  }

  /**
   * Returns the fault of a field.
   *
   * @param fault the end of the sentence that begins with the field, such as "must be after
   *     'from'"; never a value of the request
   */
  public static InvalidField of(String field, String fault) {
    return new InvalidField("invalid_field", field, fault);
  }

  /** Returns the fault of a missing field that the other fields require. */
  public static InvalidField missing(String field, String why) {
    return new InvalidField("missing_field", field, "is missing: " + why);
  }

  /** Returns the fault of a field that the other fields exclude. */
  public static InvalidField unexpected(String field, String why) {
    return new InvalidField("unknown_field", field, "is not expected: " + why);
  }

  /**
   * Returns the problem to answer with.
   *
   * @param at the path of the record that the field is in
   */
  Problem at(String at) {
    return Problem.badRequest(code, "The field '" + FieldPath.of(at, field) + "' " + getMessage());
  }
}
