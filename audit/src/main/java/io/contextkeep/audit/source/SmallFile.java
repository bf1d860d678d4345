package io.contextkeep.audit.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Files that may be hostile: a device, a pipe or a link to one never ends, and a file without a
 * limit fills the memory.
 */
public final class SmallFile {
  private SmallFile() {}

  /**
   * Reads a file.
   *
   * @param max the most bytes
   * @throws NoSuchFileException if it is not there
   * @throws IOException if it is not a regular file, or longer
   */
  public static byte[] bytes(Path file, int max) throws IOException {
    check(file);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(max + 1);
      if (bytes.length > max) {
        throw new IOException(file + " is longer than " + max + " bytes");
      }
      return bytes;
    }
  }

  /** Reads a file as UTF-8, within the same limits. */
  public static String text(Path file, int max) throws IOException {
    return new String(bytes(file, max), StandardCharsets.UTF_8);
  }

  /** Checks that it is a regular file, or a link to one. */
  public static void check(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is not a regular file");
    }
  }
}
