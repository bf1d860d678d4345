package io.contextkeep.audit.source;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A log in a directory, such as an evidence bundle. */
public final class DirectoryLog implements LogSource {
  /** The file with all checkpoints of a bundle. */
  private static final int MAX = 1 << 28;

  private final Path directory;

  public DirectoryLog(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<byte[]> file(String name) throws IOException {
    try {
      return Optional.of(SmallFile.bytes(directory.resolve(name), MAX));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
