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

/** Files and directories that only their owner may use, from their first byte on. */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFiles() {}

  /** How a file is made. */
  public static FileAttribute<?> file() {
    return PosixFilePermissions.asFileAttribute(FILE);
  }

  /** How a directory is made. */
  public static FileAttribute<?> directory() {
    return PosixFilePermissions.asFileAttribute(DIRECTORY);
  }

  /**
   * Takes a directory: makes it where it is missing, and closes it to others.
   *
   * @return whether others could enter it before, and may know what is in it
   * @throws IOException if it belongs to somebody else, so that it cannot be closed
   */
  public static boolean take(Path directory) throws IOException {
    Files.createDirectories(directory, directory());
    boolean open = !DIRECTORY.containsAll(Files.getPosixFilePermissions(directory));
    if (open) {
      close(directory);
    }
    return open;
  }

  /** Sees to it that what lies in the directory is its owner's alone, whoever made it. */
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
          "Others may enter "
              + directory
              + " and this user may not change that: run chmod 700 on it as its owner",
          e);
    }
  }

  /** Makes an empty file; leaves one that is there. */
  public static void make(Path file) throws IOException {
    try {
      Files.createFile(file, file());
    } catch (FileAlreadyExistsException there) {
      // It was looked at when its directory was taken.
    }
  }

  /** A link's target is somebody else's to protect. */
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
      // Nobody can read it any more.
    }
  }
}
