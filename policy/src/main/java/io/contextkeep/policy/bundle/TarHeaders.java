package io.contextkeep.policy.bundle;

import io.contextkeep.policy.bundle.BundleRejected.Step;
import java.nio.charset.StandardCharsets;

/**
 * The checks of a tar's headers before a library reads it. The library reads extended headers (PAX,
 * GNU's long names, sparse files) into memory whatever their size. They may also give a file
 * another name or size than the plain header.
 */
final class TarHeaders {
  private static final int BLOCK = 512;
  private static final int MAX_HEADERS = 2 * Archive.MAX_FILES;

  /** Enough for times and access rights of a few files, which a bundle does not need. */
  private static final int MAX_EXTENDED = 8_192;

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
      if (++headers > MAX_HEADERS) {
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
      default -> throw rejected("an entry that is not a regular file");
    }
  }

  /** Accepts an extended header that changes neither the name nor the size of a file. */
  private void checkExtended(int start, long size) throws BundleRejected {
    if (size > MAX_EXTENDED || start + size > tar.length) {
      throw rejected("a longer extended header than any policy has");
    }
    String records = new String(tar, start, (int) size, StandardCharsets.ISO_8859_1);
    if (records.contains("path=") || records.contains("size=") || records.contains("sparse")) {
      throw rejected("an extended header that renames or resizes a file");
    }
  }

  /** Reads octal digits, with padding around them. */
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
