package io.contextkeep.vault.context;

import io.contextkeep.policy.AskedQuestion;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.RecordedQuestion;
import java.time.Duration;
import java.util.List;

/**
 * The facts about a customer that a read depends on, the question that they make, and the form in
 * which the log keeps it. Equal reads of a customer share one while nothing changes.
 *
 * @param packed the recorded question, compressed
 * @param from the first millisecond in which the facts make this question
 * @param until the first millisecond in which they may make another one
 * @param lastEntry the log entry that was made of it last
 */
record PreparedRead(
    Snapshot snapshot,
    AskedQuestion question,
    String packed,
    List<Long> events,
    long from,
    long until,
    LastEntry lastEntry) {
  private static final long DAY = Duration.ofDays(1).toMillis();

  static PreparedRead of(Snapshot snapshot, Question question, long now, long factsUntil) {
    AskedQuestion asked = new AskedQuestion(question);
    RecordedQuestion recorded = RecordedQuestion.of(asked);
    return new PreparedRead(
        snapshot,
        asked,
        QuestionCodec.encode(recorded.input()),
        recorded.events(),
        now,
        Math.min(factsUntil, unchangedUntil(snapshot, now)),
        new LastEntry());
  }

  /** Returns when a value gets a day older, or too old to be kept. */
  private static long unchangedUntil(Snapshot snapshot, long now) {
    long until = Long.MAX_VALUE;
    for (Sealed held : snapshot.sealed()) {
      long nextDay = held.observed() + Facts.days(now - held.observed()) * DAY + 1;
      long tooOld = held.observed() + held.attribute().retention().toMillis() + 1;
      until = Math.min(until, Math.min(nextDay, tooOld));
    }
    return until;
  }

  boolean isValid(long now) {
    return from <= now && now < until;
  }

  @Override
  public String toString() {
    return "PreparedRead[redacted]";
  }
}
