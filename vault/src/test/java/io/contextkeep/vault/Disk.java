package io.contextkeep.vault;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files below a directory, byte for byte. */
public final class Disk {
  private static final byte[] ZEROES = new byte[1 << 16];

  private Disk() {}

  /** Copies all files with their permissions into a directory, which may exist. */
  public static void copyTree(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      Files.createDirectories(to);
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file));
        if (!Files.isDirectory(copy)) {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Walks the files; those that a running vault deletes meanwhile are skipped. */
  public static List<Path> files(Path dir) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          dir,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              files.add(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException && !file.equals(dir)) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
                throws IOException {
              return e instanceof NoSuchFileException
                  ? FileVisitResult.CONTINUE
                  : super.postVisitDirectory(directory, e);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(null);
    return files;
  }

  /** Asserts that no file has any of these byte strings. */
  public static void holdsNone(Path dir, Collection<byte[]> traces) {
    assertThat(filesWith(dir, traces)).as("files with a trace").isEmpty();
  }

  /** Returns whether at least one file has the byte string. */
  public static boolean holds(Path dir, byte[] trace) {
    return !filesWith(dir, List.of(trace)).isEmpty();
  }

  /** Returns the files that have at least one of these non-empty byte strings. */
  static List<Path> filesWith(Path dir, Collection<byte[]> traces) {
    byte[][][] byFirst = new byte[256][][];
    traces.stream()
        .collect(groupingBy(trace -> trace[0] & 0xff))
        .forEach((first, those) -> byFirst[first] = those.toArray(byte[][]::new));
    return files(dir).stream().filter(file -> hasAny(read(file), byFirst)).toList();
  }

  private static boolean hasAny(byte[] bytes, byte[][][] byFirst) {
    int at = 0;
    while (at < bytes.length) {
      byte[][] traces = byFirst[bytes[at] & 0xff];
      if (traces != null && startsWithAny(bytes, at, traces)) {
        return true;
      }
      at = traces == null && bytes[at] == 0 ? endOfZeroes(bytes, at) : at + 1;
    }
    return false;
  }

  private static boolean startsWithAny(byte[] bytes, int at, byte[][] traces) {
    for (byte[] trace : traces) {
      int end = at + trace.length;
      if (end <= bytes.length && Arrays.equals(bytes, at, end, trace, 0, trace.length)) {
        return true;
      }
    }
    return false;
  }

  /** Skips empty blocks, since most of a graph's files is sparse. */
  private static int endOfZeroes(byte[] bytes, int from) {
    for (int at = from; at < bytes.length; ) {
      int length = Math.min(ZEROES.length, bytes.length - at);
      int other = Arrays.mismatch(bytes, at, at + length, ZEROES, 0, length);
      if (other >= 0) {
        return at + other;
      }
      at += length;
    }
    return bytes.length;
  }

  /** Copies the files as a crash leaves them, without SQLite's shared memory. */
  public static void crashImage(Path from, Path to) {
    try {
      for (Path file : files(from)) {
        if (!file.toString().endsWith("-shm")) {
          Path copy = to.resolve(from.relativize(file).toString());
          Files.createDirectories(copy.resolve(".."));
          copy(file, copy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path file, Path copy) throws IOException {
    try {
      Files.copy(file, copy);
    } catch (NoSuchFileException vanished) {
      // A crash a moment later would not have left the file either.
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException vanished) {
      return new byte[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
