package io.contextkeep.audit.tree;

/** A tile that is missing or has the wrong length for the size of the log. */
public final class MissingTile extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient TilePath path;

  public MissingTile(TilePath path) {
    super("The log does not have " + path);
    this.path = path;
  }

  public TilePath path() {
    return path;
  }
}
