package io.contextkeep.vault.siem;

import io.contextkeep.audit.proof.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The position of a collector in the log, in a file of its own so that no transaction of the log
 * waits for it. If the file is missing, damaged or of another log, the position is the beginning:
 * duplicates can be recognised by their index, but gaps could not.
 */
final class Cursor {
  private final Path file;
  private final String log;
  private volatile long next;

  private Cursor(Path file, String log, long next) {
    this.file = file;
    this.log = log;
    this.next = next;
  }

  static Cursor open(Path file, String log) throws IOException {
    return new Cursor(file, log, read(file, log));
  }

  /** Returns the index of the first entry that may be missing at the collector. */
  long next() {
    return next;
  }

  /** Stores the position durably: the collector has every entry before the index. */
  void advance(long index) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    byte[] text = (log + "\n" + index + "\n").getBytes(StandardCharsets.UTF_8);
    DurableFile.replace(file, fresh, text);
    next = index;
  }

  private static long read(Path file, String log) throws IOException {
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      boolean ours = lines.size() == 2 && lines.getFirst().equals(log);
      return ours && lines.get(1).matches("[0-9]{1,18}") ? Long.parseLong(lines.get(1)) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    }
  }
}
