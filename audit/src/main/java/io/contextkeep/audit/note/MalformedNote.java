package io.contextkeep.audit.note;

/** Text that is not a note, a checkpoint or a key in the form that its specification demands. */
public final class MalformedNote extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public MalformedNote(String what) {
    super(what);
  }
}
