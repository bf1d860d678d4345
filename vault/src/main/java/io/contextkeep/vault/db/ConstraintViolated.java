package io.contextkeep.vault.db;

/** A write that violates a constraint of the schema, such as a second row of one key. */
public final class ConstraintViolated extends RuntimeException {
  private static final long serialVersionUID = 1;

  ConstraintViolated(Throwable cause) {
    super("The write breaks a constraint of the schema", cause);
  }
}
