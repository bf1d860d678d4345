package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A released answer, as it is kept and given again.
 *
 * @param release the number of its charge
 * @param question in its canonical form
 * @param lineage the release's name in the graph
 */
record Release(
    long release,
    JsonNode question,
    String questionHash,
    Snapshot snapshot,
    long consentEpoch,
    @JsonUnwrapped Answers.Method method,
    @JsonUnwrapped Answers.Results results,
    Costs cost,
    String lineage) {

  /** The period whose state of the data was counted. */
  record Snapshot(long epoch, Instant from, Instant until) {
    static Snapshot of(Epoch epoch) {
      return new Snapshot(epoch.number(), epoch.from(), epoch.until());
    }
  }
}
