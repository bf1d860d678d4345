package io.contextkeep.vault.faults;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Brings a store that cannot grow to the point where nothing fits any more. Full is no clear edge:
 * where one record finds no room a smaller one may, and is then kept like any other.
 */
final class FullStore {
  private static final int MAX_ROUNDS = 5_000;

  private FullStore() {}

  /**
   * Reads the one customer, and writes the other's value and consent, until a whole round of these
   * was refused for want of space.
   *
   * @param answered told each answer to the shop
   * @throws AssertionError if an answer is neither whole nor a proper refusal
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
