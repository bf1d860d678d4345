package io.contextkeep.audit.verify;

import io.contextkeep.audit.source.LogSource;
import io.contextkeep.audit.tree.Frontier;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.MissingTile;
import io.contextkeep.audit.tree.TilePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares every tile of hashes that a log shows with the hashes of its entries: proofs are made
 * from tiles, so a false tile would break them.
 */
final class ServedHashes implements Frontier.Completed<IOException> {
  private final LogSource log;
  private final long size;
  private final List<String> problems;

  /** The hashes of each level since its last full tile. */
  private final Map<Integer, ByteArrayOutputStream> open = new TreeMap<>();

  ServedHashes(LogSource log, long size, List<String> problems) {
    this.log = log;
    this.size = size;
    this.problems = problems;
  }

  /** Adds the next entry's hash. */
  void leaf(byte[] hash) {
    add(0, hash);
  }

  @Override
  public void tile(long index, byte[] hashes) throws IOException {
    compare(new TilePath(0, index, TilePath.FULL), hashes);
    level(0).reset();
  }

  @Override
  public void node(int level, long index, byte[] hash) throws IOException {
    add(level, hash);
    if (index % TilePath.FULL == TilePath.FULL - 1) {
      compare(
          new TilePath(level, index / TilePath.FULL, TilePath.FULL), level(level).toByteArray());
      level(level).reset();
    }
  }

  /** Checks the partial tiles. */
  void end() throws IOException {
    for (Map.Entry<Integer, ByteArrayOutputStream> each : open.entrySet()) {
      int width = each.getValue().size() / Hashes.LENGTH;
      if (width > 0) {
        long index = (size >> (8 * each.getKey())) / TilePath.FULL;
        compare(new TilePath(each.getKey(), index, width), each.getValue().toByteArray());
      }
    }
  }

  private void add(int level, byte[] hash) {
    level(level).writeBytes(hash);
  }

  private ByteArrayOutputStream level(int level) {
    return open.computeIfAbsent(level, _ -> new ByteArrayOutputStream());
  }

  private void compare(TilePath path, byte[] expected) throws IOException {
    try {
      byte[] shown = log.hashes(path.level(), path.index(), path.width());
      if (!Arrays.equals(shown, expected)) {
        problems.add(path + " is not what the entries make");
      }
    } catch (MissingTile e) {
      problems.add(path + " is missing");
    }
  }
}
