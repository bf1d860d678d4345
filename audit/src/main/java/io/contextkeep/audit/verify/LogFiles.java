package io.contextkeep.audit.verify;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.source.DirectoryLog;
import io.contextkeep.audit.tree.Frontier;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.TilePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A bundle in memory, which can be changed as somebody with access to the files would change it and
 * written again with everything but the signatures made to fit.
 */
record LogFiles(List<byte[]> entries, List<String> history, String keys, String sealed) {
  private static final long MAX_ENTRIES = 100_000;

  LogFiles {
    entries = List.copyOf(entries);
    history = List.copyOf(history);
  }

  static LogFiles read(Path directory) throws IOException {
    DirectoryLog log = new DirectoryLog(directory);
    String checkpoint = new String(log.checkpoint(), StandardCharsets.UTF_8);
    long size = Checkpoint.parse(Note.parse(checkpoint).text()).size();
    if (size > MAX_ENTRIES) {
      throw new IOException("the drill is for logs of up to " + MAX_ENTRIES + " entries");
    }
    if (size >= TilePath.FULL
        && log.file(Bundle.pruned(new TilePath(TilePath.ENTRIES, 0, TilePath.FULL))).isPresent()) {
      throw new IOException("the drill is for logs of which nothing was pruned");
    }
    List<byte[]> entries = new ArrayList<>();
    for (TilePath path : TilePath.all(size)) {
      if (path.level() == TilePath.ENTRIES) {
        entries.addAll(log.entries(path.index(), path.width()));
      }
    }
    List<String> history = Bundle.notes(text(log, Bundle.HISTORY));
    return new LogFiles(
        entries,
        history.isEmpty() ? List.of(checkpoint) : history,
        text(log, Bundle.KEYS),
        text(log, Bundle.SEALED));
  }

  LogFiles withEntries(List<byte[]> changed) {
    return new LogFiles(changed, history, keys, sealed);
  }

  LogFiles withHistory(List<String> changed) {
    return new LogFiles(entries, changed, keys, sealed);
  }

  LogFiles withSealed(String changed) {
    return new LogFiles(entries, history, keys, changed);
  }

  /** Returns the log at one of its checkpoints. */
  LogFiles backTo(int checkpoint) {
    long size = Checkpoint.parse(Note.parse(history.get(checkpoint)).text()).size();
    return withEntries(entries.subList(0, (int) size))
        .withHistory(history.subList(0, checkpoint + 1));
  }

  Frontier tree() {
    Frontier tree = Frontier.EMPTY;
    for (byte[] entry : entries) {
      tree = tree.append(Hashes.leaf(entry));
    }
    return tree;
  }

  String newest() {
    return history.getLast();
  }

  /** Writes all files, with the hashes of the current entries. */
  void write(Path directory) throws IOException {
    Levels levels = new Levels(new TreeMap<>());
    Frontier tree = Frontier.EMPTY;
    for (byte[] entry : entries) {
      levels.of(0).writeBytes(Hashes.leaf(entry));
      tree = tree.append(Hashes.leaf(entry), levels);
    }
    for (TilePath path : TilePath.all(entries.size())) {
      int from = (int) path.index() * TilePath.FULL;
      byte[] bytes =
          path.level() == TilePath.ENTRIES
              ? bundle(entries.subList(from, from + path.width()))
              : slice(levels.of(path.level()), from, path.width());
      Bundle.put(directory.resolve(path.toString()), bytes);
    }
    put(directory, Bundle.CHECKPOINT, newest());
    put(directory, Bundle.HISTORY, String.join("", history));
    put(directory, Bundle.KEYS, keys);
    put(directory, Bundle.SEALED, sealed);
  }

  /** Returns all hashes of the tree by level. */
  private record Levels(Map<Integer, ByteArrayOutputStream> hashes)
      implements Frontier.Completed<RuntimeException> {
    ByteArrayOutputStream of(int level) {
      return hashes.computeIfAbsent(level, _ -> new ByteArrayOutputStream());
    }

    @Override
    public void tile(long index, byte[] hashes) {}

    @Override
    public void node(int level, long index, byte[] hash) {
      of(level).writeBytes(hash);
    }
  }

  private static byte[] bundle(List<byte[]> entries) {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      bundle.write(entry.length >>> 8);
      bundle.write(entry.length);
      bundle.writeBytes(entry);
    }
    return bundle.toByteArray();
  }

  private static byte[] slice(ByteArrayOutputStream hashes, int from, int width) {
    return Arrays.copyOfRange(
        hashes.toByteArray(), from * Hashes.LENGTH, (from + width) * Hashes.LENGTH);
  }

  private static void put(Path directory, String name, String text) throws IOException {
    if (!text.isEmpty()) {
      Files.writeString(directory.resolve(name), text);
    }
  }

  private static String text(DirectoryLog log, String name) throws IOException {
    return log.file(name).map(b -> new String(b, StandardCharsets.UTF_8)).orElse("");
  }
}
