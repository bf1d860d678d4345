package io.contextkeep.audit.proof;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;

/** Small files that a crash leaves as they were or as they should be, never in between. */
public final class DurableFile {

  private DurableFile() {}

  /**
   * Puts the bytes in the place of what the file held; they survive a crash when this returns.
   *
   * @param fresh where they are written first: in the file's directory, and nobody else's
   */
  public static void replace(Path file, Path fresh, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING),
            PrivateFiles.file())) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(Objects.requireNonNull(file.toAbsolutePath().getParent()));
  }

  /** Without this a power failure could undo what happened to the names in the directory. */
  public static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
