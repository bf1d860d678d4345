package io.contextkeep.audit.proof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;

/** A file that is the seen checkpoint, as plain as any reader of signed notes takes it. */
public final class SeenFile implements SeenCheckpoint {
  private final Path file;

  /** The directory must be there; the file need not. */
  public SeenFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  @Override
  public Optional<String> read() {
    try {
      return Optional.of(Files.readString(file));
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
      Path fresh = Files.createTempFile(directory, file.getFileName().toString(), ".new");
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(note.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint that was seen cannot be kept", e);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
