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
 * Where the graph is kept: its files, a lock, and a mark that says how far it has come at most. The
 * lock is taken before anything is read, because whoever holds it may delete the rest.
 */
final class GraphDirectory implements AutoCloseable {
  private final Path directory;
  private final Path mark;

  /** Held on to: the JDK forgets, within this process, a lock that nobody refers to. */
  private final FileLock lock;

  private GraphDirectory(Path directory, FileLock lock) {
    this.directory = directory;
    this.mark = directory.resolve("projected");
    this.lock = lock;
  }

  /**
   * Takes the directory, made if it is missing.
   *
   * @throws GraphBusy if somebody else has it
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

  /** The mark, if the graph that it is about is there. */
  Optional<Progress> mark() {
    try {
      return Files.exists(mark)
          ? Progress.parse(Files.readString(mark)).filter(this::isThere)
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("The mark of the graph cannot be read", e);
    }
  }

  /** Says, durably, that the graph may hold this much from now on. */
  void mark(Progress progress) {
    Path fresh = directory.resolve("projected.new");
    try {
      DurableFile.replace(mark, fresh, progress.text().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("The mark of the graph cannot be written", e);
    }
  }

  /** Deletes the mark: from now on the graph counts for nothing. */
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

  /** Each graph has a place of its own: Jena never again opens one that it failed to open once. */
  private Path files(Progress progress) {
    return directory.resolve("graph-%016x".formatted(progress.graph()));
  }

  @Override
  public void close() {
    try {
      lock.channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException("The lock of the graph cannot be given back", e);
    }
  }
}
