package io.contextkeep.audit.verify;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.LogReader;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.PrivateFiles;
import io.contextkeep.audit.source.LogSource;
import io.contextkeep.audit.tree.TilePath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * An evidence bundle: a whole log in a directory, in the layout of C2SP tlog-tiles, so that other
 * tools read it too. Pruned entries are replaced by what the log kept of them (below {@value
 * #PRUNED}). It also holds every checkpoint ({@value #HISTORY}), the keys as the log states them
 * ({@value #KEYS}), and which entries still had their private part ({@value #SEALED}).
 */
public final class Bundle {
  static final String CHECKPOINT = "checkpoint";
  static final String HISTORY = LogSource.HISTORY;
  static final String KEYS = "vkeys";
  static final String SEALED = LogSource.SEALED;
  private static final String PRUNED = "pruned/";

  private Bundle() {}

  /** The receiver of a bundle's files, one after the other. */
  public interface Target {
    void put(String name, byte[] bytes) throws IOException;

    /** Opens a file that may be too long for memory; the writer closes it. */
    OutputStream open(String name) throws IOException;
  }

  /** Writes the log into an empty directory. */
  static void write(Connection c, Path directory, LongConsumer progress)
      throws SQLException, IOException {
    write(LogReader.of(c), new InDirectory(directory), progress);
  }

  /**
   * Writes the current log. Reading takes many snapshots, none of which lasts longer than one file:
   * all show the same first {@code size} entries.
   *
   * @param progress gets the number of tiles and bundles written
   */
  public static void write(LogReader log, Target target, LongConsumer progress) throws IOException {
    Start start = log.inRead(Start::of);
    long size = Checkpoint.parse(start.checkpoint().text()).size();
    long written = 0;
    for (TilePath path : TilePath.all(size)) {
      Optional<byte[]> tile = log.inRead(c -> StoredTiles.get(c, path, size));
      if (tile.isPresent()) {
        target.put(path.toString(), tile.get());
      } else if ((path.index() + 1) * TilePath.FULL <= start.minimum()) {
        target.put(
            pruned(path), log.inRead(c -> StoredTiles.pruned(c, path.index())).orElseThrow());
      } else {
        throw new IOException("Entries were pruned meanwhile; export once more");
      }
      progress.accept(++written);
    }
    try (OutputStream out = target.open(HISTORY)) {
      history(log, size, out);
    }
    StringBuilder keys = new StringBuilder();
    log.inRead(LogVerifier::vkeys).forEach(key -> keys.append(key).append('\n'));
    target.put(KEYS, bytes(keys.toString()));
    try (OutputStream out = target.open(SEALED)) {
      ranges(start.sealed(), out);
    }
    target.put(CHECKPOINT, bytes(start.checkpoint().toString()));
  }

  /**
   * A state at one moment: the newest checkpoint, and which entries have their private part, one
   * bit for each entry.
   */
  private record Start(Note checkpoint, BitSet sealed, long minimum) {
    static Start of(Connection c) throws SQLException {
      Note checkpoint =
          Checkpoints.latest(c).orElseThrow(() -> new SQLException("The log has no checkpoint"));
      BitSet sealed = new BitSet();
      StoredTiles.sealed(c, index -> sealed.set(Math.toIntExact(index)));
      return new Start(checkpoint, sealed, StoredTiles.minimum(c));
    }
  }

  /** Returns the name of the remains of a bundle's entries. */
  static String pruned(TilePath path) {
    String name = path.toString();
    return PRUNED + name.substring(name.lastIndexOf("entries/") + "entries/".length());
  }

  /** Returns ranges of consecutive indices, as from-to. */
  private static void ranges(BitSet indices, OutputStream out) throws IOException {
    for (int from = indices.nextSetBit(0); from >= 0; ) {
      int end = indices.nextClearBit(from);
      out.write(bytes(from + "-" + (end - 1) + "\n"));
      from = indices.nextSetBit(end);
    }
  }

  private static void history(LogReader log, long size, OutputStream out) throws IOException {
    long after = 0;
    while (after < size) {
      long from = after;
      Checkpoints.Slice slice = log.inRead(c -> Checkpoints.slice(c, from, size));
      out.write(bytes(slice.notes()));
      after = slice.last();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private record InDirectory(Path directory) implements Target {
    @Override
    public void put(String name, byte[] bytes) throws IOException {
      Bundle.put(directory.resolve(name), bytes);
    }

    @Override
    public OutputStream open(String name) throws IOException {
      return new BufferedOutputStream(Files.newOutputStream(directory.resolve(name)));
    }
  }

  /** Returns the notes of a history, which is their concatenation. */
  static List<String> notes(String history) {
    List<String> notes = new ArrayList<>();
    int from = 0;
    while (from < history.length()) {
      int end = history.indexOf("\n\n", from);
      int line = end < 0 ? history.length() : end + 2;
      while (history.startsWith("\u2014 ", line)) {
        int next = history.indexOf('\n', line);
        line = next < 0 ? history.length() : next + 1;
      }
      notes.add(history.substring(from, line));
      from = line;
    }
    return notes;
  }

  static void put(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.getParent()), PrivateFiles.directory());
    Files.write(file, bytes);
  }
}
