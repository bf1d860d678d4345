package io.contextkeep.audit.tree;

/** A tile that the size of the log promises but that is not there, or not of the right length. */
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
