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

/** A log's files by their C2SP tlog-tiles names. What they say is for the reader to check. */
public interface LogSource extends TileSource<IOException> {
  /** Every checkpoint of the log, one note after the other. */
  String HISTORY = "checkpoints";

  /** Which entries still had their private part, in ranges. */
  String SEALED = "sealed";

  /** The file of that name, a partial tile also where only the full one is left. */
  Optional<byte[]> file(String name) throws IOException;

  /** The checkpoint that the log shows now. */
  default byte[] checkpoint() throws IOException {
    return file("checkpoint").orElseThrow(() -> new IOException("The log shows no checkpoint"));
  }

  /**
   * Checkpoints of a larger size, oldest first, one note after the other: all of them, or as many
   * as one answer holds; none where the log shows no more.
   */
  default String checkpoints(long after) throws IOException {
    return after > 0 ? "" : text(HISTORY).orElse("");
  }

  /** What the log says of its private parts, if it does. */
  default Optional<Accounts> accounts() throws IOException {
    Optional<String> sealed = text(SEALED);
    return sealed.isEmpty()
        ? Optional.empty()
        : Optional.of(new Accounts(Note.parse(utf8(checkpoint())), Accounts.count(sealed.get())));
  }

  /** The file of that name as text. */
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

  /** The first entries of a bundle. */
  default List<byte[]> entries(long index, int width) throws IOException {
    TilePath path = new TilePath(TilePath.ENTRIES, index, width);
    return split(path, tile(path, -1));
  }

  /** The first entries of the bytes of a bundle of that name. */
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

  /** A tile's bytes, cut to the length that was asked for where more are there. */
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
