package io.contextkeep.vault.faults;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Fills a store that cannot grow. There is no clear limit: where one record does not fit, a smaller
 * one may, and is then stored like any other.
 */
final class FullStore {
  private static final int MAX_ROUNDS = 5_000;

  private FullStore() {}

  /**
   * Reads the one customer, and writes the other's value and consent, until a whole round of these
   * was refused for want of space.
   *
   * @param answered gets each answer to the shop
   * @throws AssertionError if an answer is neither complete nor a proper refusal
   */
  static void fill(
      Parties parties, String read, String written, Function<Answer, Answer> answered) {
    List<Supplier<Answer>> round =
        List.of(
            () -> answered.apply(parties.ask(read)),
            () -> parties.view(read),
            () -> parties.write(written, "country", "\"Spain\""),
            () -> parties.consent(written),
            () -> parties.withdraw(written));
    for (int i = 0; i < MAX_ROUNDS; i++) {
      if (round.stream().filter(FullStore::fits).count() == 0) {
        return;
      }
    }
    throw new AssertionError("The store was never full");
  }

  private static boolean fits(Supplier<Answer> request) {
    Answer answer = request.get();
    if (answer.status() == 503) {
      answer.unavailable();
      return false;
    }
    answer.ok();
    return true;
  }
}
