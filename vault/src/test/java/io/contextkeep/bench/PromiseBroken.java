package io.contextkeep.bench;

/** Something was fast because it was not done: a benchmark that sees that has failed. */
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
