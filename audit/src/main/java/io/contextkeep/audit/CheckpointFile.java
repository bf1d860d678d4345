package io.contextkeep.audit;

import io.contextkeep.audit.proof.DurableFile;
import io.contextkeep.audit.proof.PrivateFiles;
import io.contextkeep.audit.tree.Hashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The last checkpoint in a small file: two places of one disk block each, written in turn, so that
 * a torn write leaves the other whole. Each holds a count, the note and a hash over both.
 *
 * <p>Keeping a note is one write into the page cache, so that it costs the log's writer
 * microseconds and survives the death of the program; {@link #sync} makes it survive a power
 * failure too. After one, the file may be as far behind as the last sync.
 */
public final class CheckpointFile implements LastCheckpoint, AutoCloseable {
  private static final int PLACE = 4_096;
  private static final int HASH = 64;

  private final FileChannel channel;
  private long count;
  private Optional<String> last = Optional.empty();

  /** The content of a slot. */
  private record Kept(long count, String note) {}

  private CheckpointFile(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens the file, or creates an empty one. */
  public static CheckpointFile open(Path path) throws IOException {
    boolean fresh = Files.notExists(path);
    CheckpointFile file =
        new CheckpointFile(
            FileChannel.open(
                path,
                Set.of(
                    StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                PrivateFiles.file()));
    if (fresh) {
      DurableFile.syncDirectory(Objects.requireNonNull(path.toAbsolutePath().getParent()));
    }
    for (int place = 0; place < 2; place++) {
      file.place(place)
          .filter(kept -> kept.count() > file.count)
          .ifPresent(
              kept -> {
                file.count = kept.count();
                file.last = Optional.of(kept.note());
              });
    }
    return file;
  }

  @Override
  public synchronized Optional<String> read() {
    return last;
  }

  @Override
  public synchronized void keep(String note) {
    String content = (count + 1) + "\n" + note;
    byte[] bytes = (hash(content) + "\n" + content).getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= PLACE) {
      throw new IllegalArgumentException("The note is too long to be stored");
    }
    try {
      // Zeroes follow it, since the rest of the older content is not part of it.
      channel.write(ByteBuffer.wrap(Arrays.copyOf(bytes, PLACE)), (count + 1) % 2 * PLACE);
    } catch (IOException e) {
      throw new UncheckedIOException("The last checkpoint cannot be stored", e);
    }
    count++;
    last = Optional.of(note);
  }

  /** Syncs without a lock, so that the log's writer does not wait for the disk. */
  @Override
  public void sync() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException("The last checkpoint cannot be stored", e);
    }
  }

  /** Returns the content of a slot, if it is complete. */
  private Optional<Kept> place(int place) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(PLACE);
    int length = Math.max(0, channel.read(buffer, (long) place * PLACE));
    String text = new String(buffer.array(), 0, length, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    String whole = end < 0 ? text : text.substring(0, end);
    if (whole.length() < HASH + 2
        || !hash(whole.substring(HASH + 1)).equals(whole.substring(0, HASH))) {
      return Optional.empty();
    }
    String content = whole.substring(HASH + 1);
    int line = content.indexOf('\n');
    return Optional.of(
        new Kept(Long.parseLong(content.substring(0, line)), content.substring(line + 1)));
  }

  private static String hash(String content) {
    return HexFormat.of()
        .formatHex(Hashes.sha256().digest(content.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public synchronized void close() {
    sync();
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("The last checkpoint's file did not close", e);
    }
  }
}
