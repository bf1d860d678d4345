package io.contextkeep.audit.proof;

import io.contextkeep.audit.source.SmallFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** A file that is the seen checkpoint, as plain as any reader of signed notes takes it. */
public final class SeenFile implements SeenCheckpoint {
  private static final int MAX = 1 << 16;

  private final Path file;

  /** The directory must be there; the file need not. */
  public SeenFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  @Override
  public Optional<String> read() {
    try {
      return Optional.of(SmallFile.text(file, MAX));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint that was seen cannot be read", e);
    }
  }

  @Override
  public void keep(String note) {
    Path directory = Objects.requireNonNull(file.getParent());
    try {
      // Several programs may watch one log with one file.
      Path fresh = Files.createTempFile(directory, file.getFileName().toString(), ".new");
      DurableFile.replace(file, fresh, note.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint that was seen cannot be kept", e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
