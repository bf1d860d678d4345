package io.contextkeep.audit.tree;

/**
 * Where the hashes of a log come from: its database, a directory, a server. What it gives need not
 * be true; whoever proves with it ends at a root that was signed.
 *
 * @param <E> how reading fails
 */
@FunctionalInterface
public interface TileSource<E extends Exception> {

  /**
   * The first {@code width} hashes of a tile, one after the other.
   *
   * @throws MissingTile if the log does not have them
   */
  byte[] hashes(int level, long index, int width) throws E;
}
