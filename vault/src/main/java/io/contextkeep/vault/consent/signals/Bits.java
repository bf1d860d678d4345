package io.contextkeep.vault.consent.signals;

/**
 * The bits of an untrusted base64url text, six to a character, read from the front. Every read
 * stays within the text.
 */
final class Bits {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  /** A bound above the numbers in any list of sections, of which two do not overflow. */
  private static final int MAX_NUMBER = 1 << 20;

  private final String text;
  private int next;

  private Bits(String text) {
    this.text = text;
  }

  /**
   * @param what the name of the text, for the message
   */
  static Bits of(String what, String text) throws UnreadableSignal {
    if (text.isEmpty() || !text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)) {
      throw new UnreadableSignal(what + " is not base64url without padding");
    }
    return new Bits(text);
  }

  boolean flag() throws UnreadableSignal {
    if (next >= 6 * text.length()) {
      throw new UnreadableSignal("It ends too early");
    }
    int six = ALPHABET.indexOf(text.charAt(next / 6));
    boolean set = (six >> (5 - next % 6) & 1) == 1;
    next++;
    return set;
  }

  /** Reads an unsigned number of so many bits, the most significant first. */
  long number(int bits) throws UnreadableSignal {
    long number = 0;
    for (int i = 0; i < bits; i++) {
      number = number << 1 | (flag() ? 1 : 0);
    }
    return number;
  }

  void skip(int bits) throws UnreadableSignal {
    number(bits);
  }

  /** Reads a number in Fibonacci coding, which ends with two ones. */
  int fibonacci() throws UnreadableSignal {
    int number = 0;
    int weight = 1;
    int heavier = 2;
    boolean before = false;
    while (true) {
      boolean set = flag();
      if (set && before) {
        return number;
      }
      number += set ? weight : 0;
      before = set;
      int sum = weight + heavier;
      weight = heavier;
      heavier = sum;
      if (weight > MAX_NUMBER) {
        throw new UnreadableSignal("It has a number that is too large");
      }
    }
  }
}
