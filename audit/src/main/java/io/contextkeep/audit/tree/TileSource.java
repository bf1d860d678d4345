package io.contextkeep.audit.tree;

/**
 * The source of a log's hashes: its database, a directory, a server. The hashes need not be true,
 * since every proof from them ends at a signed root.
 *
 * @param <E> the exception of a failed read
 */
@FunctionalInterface
public interface TileSource<E extends Exception> {

  /**
   * Returns the first {@code width} hashes of a tile, concatenated.
   *
   * @throws MissingTile if the log does not have them
   */
  byte[] hashes(int level, long index, int width) throws E;
}
