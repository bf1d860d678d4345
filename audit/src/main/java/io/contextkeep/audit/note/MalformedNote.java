package io.contextkeep.audit.note;

/** Text that is not a well-formed note, checkpoint or key. */
public final class MalformedNote extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public MalformedNote(String what) {
    super(what);
  }
}
