package io.contextkeep.audit.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Files that somebody else may have laid there: a device, a pipe or a link to one never ends, and a
 * file without a limit fills the memory.
 */
public final class SmallFile {
  private SmallFile() {}

  /**
   * Reads the whole file.
   *
   * @param most how many bytes it may have
   * @throws NoSuchFileException if it is not there
   * @throws IOException if it is no plain file, or longer
   */
  public static byte[] bytes(Path file, int most) throws IOException {
    check(file);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new IOException(file + " is longer than " + most + " bytes");
      }
      return bytes;
    }
  }

  /** Reads the whole file as UTF-8, within the same limits. */
  public static String text(Path file, int most) throws IOException {
    return new String(bytes(file, most), StandardCharsets.UTF_8);
  }

  /** Checks that it is a plain file, or a link to one. */
  public static void check(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is no plain file");
    }
  }
}
