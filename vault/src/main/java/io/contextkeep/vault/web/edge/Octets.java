package io.contextkeep.vault.web.edge;

import java.util.regex.Pattern;

/** A set of octets, as fast to ask as an array. */
final class Octets {
  private final boolean[] in = new boolean[256];

  /**
   * @param one a regular expression of one character, in ISO 8859-1
   */
  Octets(Pattern one) {
    for (int octet = 0; octet < in.length; octet++) {
      in[octet] = one.matcher(String.valueOf((char) octet)).matches();
    }
  }

  /** Returns where the octets of this set end. */
  int end(byte[] bytes, int from, int to) {
    int end = from;
    while (end < to && in[bytes[end] & 0xff]) {
      end++;
    }
    return end;
  }
}
