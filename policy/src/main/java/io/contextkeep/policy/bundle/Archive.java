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
 * The files of a bundle, a gzipped tar from strangers. Two entries of one name are refused: a
 * reader that takes the first and one that takes the last would see two policies. So are links,
 * names that leave the archive and more bytes than any policy has.
 */
final class Archive {
  static final int MOST_FILES = 256;
  static final int MOST_BYTES = 32 << 20;

  /** With headers, and each file filled up to a block. */
  private static final int MOST_UNPACKED = MOST_BYTES + (1 << 20);

  private Archive() {}

  /** Each file by its name, without a slash before it. */
  static SortedMap<String, byte[]> read(byte[] archive) throws BundleRejected {
    SortedMap<String, byte[]> files = new TreeMap<>();
    byte[] unpacked = unpacked(archive);
    TarHeaders.check(unpacked);
    int left = MOST_BYTES;
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(unpacked))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isDirectory()) {
          continue;
        }
        String name = name(entry);
        byte[] content = tar.readNBytes(left + 1);
        left -= content.length;
        if (left < 0 || files.size() == MOST_FILES) {
          throw new BundleRejected(Step.ARCHIVE, "The bundle is larger than any policy");
        }
        if (content.length != entry.getSize()) {
          throw new BundleRejected(Step.ARCHIVE, "The bundle ends in the middle of a file");
        }
        if (files.put(name, content) != null) {
          throw new BundleRejected(Step.ARCHIVE, "The bundle holds two files of one name");
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new BundleRejected(Step.ARCHIVE, "The bundle is no gzipped tar", e);
    }
    return files;
  }

  private static byte[] unpacked(byte[] archive) throws BundleRejected {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(archive))) {
      byte[] unpacked = gzip.readNBytes(MOST_UNPACKED + 1);
      if (unpacked.length > MOST_UNPACKED) {
        throw new BundleRejected(Step.ARCHIVE, "The bundle is larger than any policy");
      }
      return unpacked;
    } catch (IOException e) {
      throw new BundleRejected(Step.ARCHIVE, "The bundle is no gzipped tar", e);
    }
  }

  private static String name(TarArchiveEntry entry) throws BundleRejected {
    String name = entry.getName().replaceFirst("^(\\./|/)", "");
    boolean plain = entry.isFile() && !entry.isLink() && !entry.isSymbolicLink();
    if (!plain || !name.matches("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*") || name.contains("..")) {
      throw new BundleRejected(Step.ARCHIVE, "The bundle holds what is no plain file");
    }
    return name;
  }
}
