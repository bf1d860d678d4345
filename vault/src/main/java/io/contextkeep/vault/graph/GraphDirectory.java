package io.contextkeep.vault.graph;

import io.contextkeep.audit.proof.DurableFile;
import io.contextkeep.audit.proof.PrivateFiles;
import io.contextkeep.ontology.Graphs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * The directory of the graph: its files, a lock, and a mark with the greatest possible progress.
 * The lock is taken before anything is read, because its holder may delete the rest.
 */
final class GraphDirectory implements AutoCloseable {
  private final Path directory;
  private final Path mark;

  /** The lock, referenced because the JDK forgets a lock of this process that is unreachable. */
  private final FileLock lock;

  private GraphDirectory(Path directory, FileLock lock) {
    this.directory = directory;
    this.mark = directory.resolve("projected");
    this.lock = lock;
  }

  /**
   * Takes the directory, creating it if needed.
   *
   * @throws GraphBusy if another process has it
   */
  static GraphDirectory take(Path directory) {
    try {
      Files.createDirectories(directory, PrivateFiles.directory());
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PrivateFiles.file());
      Optional<FileLock> lock = lock(channel);
      if (lock.isEmpty()) {
        channel.close();
        throw new GraphBusy(directory);
      }
      return new GraphDirectory(directory, lock.get());
    } catch (IOException e) {
      throw new UncheckedIOException("The directory of the graph cannot be used", e);
    }
  }

  private static Optional<FileLock> lock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException heldInThisProcess) {
      return Optional.empty();
    }
  }

  /** Returns the mark, if its graph exists. */
  Optional<Progress> mark() {
    try {
      return Files.exists(mark)
          ? Progress.parse(Files.readString(mark)).filter(this::isThere)
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("The mark of the graph cannot be read", e);
    }
  }

  /** Writes the mark durably, before the graph is written. */
  void mark(Progress progress) {
    Path fresh = directory.resolve("projected.new");
    try {
      DurableFile.replace(mark, fresh, progress.text().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("The mark of the graph cannot be written", e);
    }
  }

  /** Deletes the mark, which makes the graph invalid. */
  void unmark() {
    try {
      Files.deleteIfExists(mark);
      DurableFile.syncDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("The mark of the graph cannot be deleted", e);
    }
  }

  private boolean isThere(Progress progress) {
    Path files = files(progress);
    return Files.isDirectory(files) && Graphs.countGenerations(files) > 0;
  }

  /** Deletes every graph. */
  void wipe() {
    unmark();
    try (DirectoryStream<Path> graphs = Files.newDirectoryStream(directory, "graph-*")) {
      graphs.forEach(Graphs::deleteTree);
    } catch (IOException e) {
      throw new UncheckedIOException("The directory of the graph cannot be listed", e);
    }
  }

  Graphs open(Progress progress) {
    try {
      return Graphs.open(Files.createDirectories(files(progress), PrivateFiles.directory()));
    } catch (IOException e) {
      throw new UncheckedIOException("The directory of the graph cannot be made", e);
    }
  }

  /**
   * Returns a graph's own directory; Jena never reopens one that failed to open. Its name tells the
   * form of the files, so a graph of the former form counts as missing and is made anew.
   */
  private Path files(Progress progress) {
    return directory.resolve("graph-2-%016x".formatted(progress.graph()));
  }

  @Override
  public void close() {
    try {
      lock.channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException("The lock of the graph cannot be released", e);
    }
  }
}
