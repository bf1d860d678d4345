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

/** A file with the seen checkpoint as a signed note. */
public final class SeenFile implements SeenCheckpoint {
  private static final int MAX = 1 << 16;

  private final Path file;

  /** Creates the memory in a file, which need not exist, unlike its directory. */
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
      throw new UncheckedIOException("The seen checkpoint cannot be read", e);
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
      throw new UncheckedIOException("The seen checkpoint cannot be stored", e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
