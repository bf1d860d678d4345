package io.contextkeep.vault.consent.signals;

/**
 * The bits of a base64url text from strangers, six to a character, read from the front. It holds no
 * more than the text does, and every read is within it.
 */
final class Bits {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  /** Larger numbers than any list of sections has; sums of two of them do not overflow. */
  private static final int LARGEST = 1 << 20;

  private final String text;
  private int next;

  private Bits(String text) {
    this.text = text;
  }

  /**
   * @param what is read, for the message
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

  /** An unsigned number of so many bits, the most significant first. */
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

  /** A number in Fibonacci coding, which ends with two ones. */
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
      if (weight > LARGEST) {
        throw new UnreadableSignal("It has a number that is too large");
      }
    }
  }
}
