package io.contextkeep.policy.bundle;

import io.contextkeep.policy.bundle.BundleRejected.Step;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The files of a bundle, an untrusted gzipped tar. It refuses two entries of one name, as readers
 * that take the first and readers that take the last would see two policies. It also refuses links,
 * names that leave the archive, and archives that are too large.
 */
final class Archive {
  static final int MAX_FILES = 256;
  static final int MAX_BYTES = 32 << 20;

  /** The most unpacked bytes, with headers and padding. */
  private static final int MAX_UNPACKED = MAX_BYTES + (1 << 20);

  private Archive() {}

  /** Returns the files by name, without leading slashes. */
  static SortedMap<String, byte[]> read(byte[] archive) throws BundleRejected {
    SortedMap<String, byte[]> files = new TreeMap<>();
    byte[] unpacked = unpacked(archive);
    TarHeaders.check(unpacked);
    int left = MAX_BYTES;
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(unpacked))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isDirectory()) {
          continue;
        }
        String name = name(entry);
        byte[] content = tar.readNBytes(left + 1);
        left -= content.length;
        if (left < 0 || files.size() == MAX_FILES) {
          throw new BundleRejected(
              Step.ARCHIVE,
              "The bundle has more than " + MAX_BYTES + " bytes or " + MAX_FILES + " files");
        }
        if (content.length != entry.getSize()) {
          throw new BundleRejected(Step.ARCHIVE, "The bundle is truncated");
        }
        if (files.put(name, content) != null) {
          throw new BundleRejected(Step.ARCHIVE, "The bundle holds two files of one name");
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new BundleRejected(Step.ARCHIVE, "The bundle is not a gzipped tar", e);
    }
    return files;
  }

  private static byte[] unpacked(byte[] archive) throws BundleRejected {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(archive))) {
      byte[] unpacked = gzip.readNBytes(MAX_UNPACKED + 1);
      if (unpacked.length > MAX_UNPACKED) {
        throw new BundleRejected(
            Step.ARCHIVE,
            "The bundle has more than " + MAX_BYTES + " bytes or " + MAX_FILES + " files");
      }
      return unpacked;
    } catch (IOException e) {
      throw new BundleRejected(Step.ARCHIVE, "The bundle is not a gzipped tar", e);
    }
  }

  private static String name(TarArchiveEntry entry) throws BundleRejected {
    String name = entry.getName().replaceFirst("^(\\./|/)", "");
    boolean plain = entry.isFile() && !entry.isLink() && !entry.isSymbolicLink();
    if (!plain || !name.matches("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*") || name.contains("..")) {
      throw new BundleRejected(
          Step.ARCHIVE, "The bundle holds an entry that is not a regular file");
    }
    return name;
  }
}
