package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What lies on disk below a directory, byte for byte. */
final class Disk {

  private Disk() {}

  /** A running vault makes and deletes files: what vanishes during the walk is walked past. */
  static List<Path> files(Path dir) {
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

  /** None of these byte strings is in any file. */
  static void holdsNone(Path dir, Collection<byte[]> traces) {
    List<String> wanted = traces.stream().map(Disk::text).toList();
    for (Path file : files(dir)) {
      String bytes = text(read(file));
      for (String trace : wanted) {
        assertThat(bytes.contains(trace)).as("a trace in %s", file.getFileName()).isFalse();
      }
    }
  }

  /** Whether at least one file has it: that a search can find what it looks for. */
  static boolean holds(Path dir, byte[] trace) {
    return files(dir).stream().anyMatch(file -> text(read(file)).contains(text(trace)));
  }

  /** Copies the files as a crash leaves them. What SQLite keeps in shared memory does not last. */
  static void crashImage(Path from, Path to) {
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
      // A crash a moment later would not have left it either.
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

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
