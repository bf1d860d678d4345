package io.contextkeep.audit.source;

import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.MissingTile;
import io.contextkeep.audit.tree.TilePath;
import io.contextkeep.audit.tree.TileSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A log's files by their C2SP tlog-tiles names, unverified. */
public interface LogSource extends TileSource<IOException> {
  /** The name of all checkpoints, concatenated. */
  String HISTORY = "checkpoints";

  /** The name of the ranges of entries with private parts. */
  String SEALED = "sealed";

  /** Returns a file; a partial tile is also read from its full one. */
  Optional<byte[]> file(String name) throws IOException;

  /** Returns the log's current checkpoint. */
  default byte[] checkpoint() throws IOException {
    return file("checkpoint").orElseThrow(() -> new IOException("The log shows no checkpoint"));
  }

  /**
   * Returns checkpoints of a larger size, oldest first, one note after the other: all of them, or
   * as many as one answer holds; empty if the log shows no more.
   */
  default String checkpoints(long after) throws IOException {
    return after > 0 ? "" : text(HISTORY).orElse("");
  }

  /** Returns the log's accounts of its private parts, if it has them. */
  default Optional<Accounts> accounts() throws IOException {
    Optional<String> sealed = text(SEALED);
    return sealed.isEmpty()
        ? Optional.empty()
        : Optional.of(new Accounts(Note.parse(utf8(checkpoint())), Accounts.count(sealed.get())));
  }

  /** Returns a file as text. */
  default Optional<String> text(String name) throws IOException {
    return file(name).map(LogSource::utf8);
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  default byte[] hashes(int level, long index, int width) throws IOException {
    TilePath path = new TilePath(level, index, width);
    return tile(path, width * Hashes.LENGTH);
  }

  /** Returns the first entries of a bundle. */
  default List<byte[]> entries(long index, int width) throws IOException {
    TilePath path = new TilePath(TilePath.ENTRIES, index, width);
    return split(path, tile(path, -1));
  }

  /** Returns the first entries of the bytes of a bundle. */
  default List<byte[]> split(TilePath path, byte[] bundle) {
    int width = path.width();
    List<byte[]> entries = new ArrayList<>(width);
    int at = 0;
    while (entries.size() < width) {
      int length =
          at + 2 > bundle.length ? -1 : ((bundle[at] & 0xff) << 8) | (bundle[at + 1] & 0xff);
      if (length < 0 || at + 2 + length > bundle.length) {
        throw new MissingTile(path);
      }
      entries.add(Arrays.copyOfRange(bundle, at + 2, at + 2 + length));
      at += 2 + length;
    }
    return entries;
  }

  /** Returns a tile's bytes, truncated to the requested length. */
  private byte[] tile(TilePath path, int length) throws IOException {
    Optional<byte[]> tile = file(path.toString());
    if (tile.isEmpty() && !path.full()) {
      // A log may forget a partial tile once the full one is there.
      tile = file(new TilePath(path.level(), path.index(), TilePath.FULL).toString());
    }
    return tile.filter(bytes -> bytes.length >= length)
        .map(bytes -> length < 0 ? bytes : Arrays.copyOf(bytes, length))
        .orElseThrow(() -> new MissingTile(path));
  }
}
