package io.contextkeep.ontology;

/** Thrown for triples that graphs must not hold. The message never shows them. */
public final class PiiRefused extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * @param detail what is wrong, without values
   */
  public PiiRefused(String detail) {
    super(detail);
  }
}
