package io.contextkeep.policy.bundle;

import io.contextkeep.policy.bundle.BundleRejected.Step;
import java.nio.charset.StandardCharsets;

/**
 * Looks at the headers of a tar before a library reads it: headers that stand for others (PAX,
 * GNU's long names, sparse files) are read into memory whole by the library, however long they say
 * they are, and may give a file another name or size than readers of the plain header see.
 */
final class TarHeaders {
  private static final int BLOCK = 512;
  private static final int MOST_HEADERS = 2 * Archive.MOST_FILES;

  /** Times and access rights of a few files; a bundle needs none of them. */
  private static final int MOST_EXTENDED = 8_192;

  private final byte[] tar;

  private TarHeaders(byte[] tar) {
    this.tar = tar;
  }

  static void check(byte[] tar) throws BundleRejected {
    new TarHeaders(tar).check();
  }

  private void check() throws BundleRejected {
    int headers = 0;
    long at = 0;
    while (at + BLOCK <= tar.length && tar[(int) at] != 0) {
      int header = (int) at;
      long size = size(header);
      checkKind(header, size);
      if (++headers > MOST_HEADERS) {
        throw rejected("more headers than any policy has");
      }
      at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    }
  }

  private void checkKind(int header, long size) throws BundleRejected {
    switch (tar[header + 156]) {
      case 0, '0' -> {}
      case '5' -> {
        if (size != 0) {
          throw rejected("a directory with content");
        }
      }
      case 'x', 'g' -> checkExtended(header + BLOCK, size);
      default -> throw rejected("a file that is no plain file");
    }
  }

  /** Only what changes nothing of where a file lies and how long it is. */
  private void checkExtended(int start, long size) throws BundleRejected {
    if (size > MOST_EXTENDED || start + size > tar.length) {
      throw rejected("a longer extended header than any policy has");
    }
    String records = new String(tar, start, (int) size, StandardCharsets.ISO_8859_1);
    if (records.contains("path=") || records.contains("size=") || records.contains("sparse")) {
      throw rejected("an extended header that renames or resizes a file");
    }
  }

  /** Octal digits, with what others fill the field with around them. */
  private long size(int header) throws BundleRejected {
    String field = new String(tar, header + 124, 12, StandardCharsets.ISO_8859_1);
    String digits = field.replace('\0', ' ').strip();
    if (!digits.matches("[0-7]{1,11}")) {
      throw rejected("a file without a size");
    }
    return Long.parseLong(digits, 8);
  }

  private static BundleRejected rejected(String what) {
    return new BundleRejected(Step.ARCHIVE, "The bundle holds " + what);
  }
}
