package io.contextkeep.bench;

/** Thrown if the measured system broke a guarantee, so that its speed is meaningless. */
final class PromiseBroken extends RuntimeException {
  private static final long serialVersionUID = 1;

  PromiseBroken(String message) {
    super(message);
  }

  static void unless(boolean kept, String otherwise) {
    if (!kept) {
      throw new PromiseBroken(otherwise);
    }
  }
}
