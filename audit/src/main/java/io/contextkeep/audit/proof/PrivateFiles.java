package io.contextkeep.audit.proof;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/** Files and directories that are created accessible to their owner only. */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFiles() {}

  /** Returns the attributes of a new file. */
  public static FileAttribute<?> file() {
    return PosixFilePermissions.asFileAttribute(FILE);
  }

  /** Returns the attributes of a new directory. */
  public static FileAttribute<?> directory() {
    return PosixFilePermissions.asFileAttribute(DIRECTORY);
  }

  /**
   * Takes a directory: creates it if needed, and closes it to others.
   *
   * @return whether others could enter it before, and may know what is in it
   * @throws IOException if it belongs to another user, so that it cannot be closed
   */
  public static boolean take(Path directory) throws IOException {
    Files.createDirectories(directory, directory());
    boolean open = !DIRECTORY.containsAll(Files.getPosixFilePermissions(directory));
    if (open) {
      close(directory);
    }
    return open;
  }

  /** Closes the files in the directory to others. */
  public static void tighten(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.toList()) {
        tightenOne(each);
      }
    }
  }

  private static void close(Path directory) throws IOException {
    try {
      Files.setPosixFilePermissions(directory, DIRECTORY);
    } catch (FileSystemException e) {
      throw new IOException(
          "Others can enter "
              + directory
              + " and this user may not change that: run chmod 700 on it as its owner",
          e);
    }
  }

  /** Creates an empty file, unless it exists. */
  public static void make(Path file) throws IOException {
    try {
      Files.createFile(file, file());
    } catch (FileAlreadyExistsException there) {
      // It was checked when its directory was taken.
    }
  }

  /** Returns whether a path is a link, whose target is not changed. */
  private static void tightenOne(Path each) throws IOException {
    try {
      boolean directory = Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS);
      if (directory || Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)) {
        Set<PosixFilePermission> most = directory ? DIRECTORY : FILE;
        if (!most.containsAll(Files.getPosixFilePermissions(each))) {
          Files.setPosixFilePermissions(each, most);
        }
      }
    } catch (NoSuchFileException gone) {
      // It is gone, so no one can read it.
    }
  }
}
