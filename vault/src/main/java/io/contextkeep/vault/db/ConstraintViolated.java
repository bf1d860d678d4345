package io.contextkeep.vault.db;

/** A write that the schema forbids, such as a second row where one may be. */
public final class ConstraintViolated extends RuntimeException {
  private static final long serialVersionUID = 1;

  ConstraintViolated(Throwable cause) {
    super("The write breaks a constraint of the schema", cause);
  }
}
