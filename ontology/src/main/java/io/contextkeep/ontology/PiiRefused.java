package io.contextkeep.ontology;

/** Something that has no place in a graph was to be written. The message never says what. */
public final class PiiRefused extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * @param detail what is wrong with it, and nothing of it
   */
  public PiiRefused(String detail) {
    super(detail);
  }
}
