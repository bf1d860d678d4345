package io.contextkeep.audit.witness;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.TrustPolicy;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The witnesses of a log. {@link #ask} shows each of them what the log has published and keeps what
 * they sign. It waits for the network, so it runs beside the log, never in the path of an entry.
 */
public final class Witnesses {
  private final LogStore store;
  private final List<WitnessClient> witnesses;

  /** The presumed last cosigned size of each, which witnesses correct. */
  private final Map<String, Long> sizes = new HashMap<>();

  public Witnesses(LogStore store, List<WitnessClient> witnesses) {
    this.store = store;
    this.witnesses = List.copyOf(witnesses);
  }

  /** Returns all witnesses in the policy that have a URL. */
  public static Witnesses of(LogStore store, TrustPolicy policy, HttpClient client) {
    return new Witnesses(
        store,
        policy.witnesses().stream()
            .flatMap(
                witness ->
                    witness
                        .url()
                        .map(url -> new WitnessClient(client, url, List.of(witness.key())))
                        .stream())
            .toList());
  }

  /**
   * Asks each witness to cosign the published checkpoint, unless it has. To be called by one thread
   * at a time.
   */
  public List<Report> ask() {
    Note published = store.inRead(Checkpoints::published).orElseThrow();
    List<Report> reports = new ArrayList<>();
    for (WitnessClient witness : witnesses) {
      boolean done =
          published.signatures().stream()
              .anyMatch(s -> witness.keys().stream().anyMatch(key -> key.claims(s)));
      if (!done) {
        reports.add(ask(witness, published, true));
      }
    }
    return reports;
  }

  private Report ask(WitnessClient witness, Note published, boolean again) {
    long size = Checkpoint.parse(published.text()).size();
    long old = sizes.getOrDefault(witness.name(), 0L);
    if (old > size) {
      return new Report.Ahead(witness.name(), old, size);
    }
    List<byte[]> proof = store.inRead(c -> StoredTiles.proofs(c, size).consistency(old));
    return switch (witness.add(new AddCheckpoint(old, proof, published))) {
      case WitnessClient.Answer.Cosigned cosigned -> {
        store.inWrite(
            c -> {
              Checkpoints.add(c, size, cosigned.signatures());
              return 0;
            });
        sizes.put(witness.name(), size);
        yield new Report.Cosigned(witness.name(), size);
      }
      case WitnessClient.Answer.Conflict conflict -> {
        sizes.put(witness.name(), conflict.size());
        yield again && conflict.size() != old
            ? ask(witness, published, false)
            : new Report.Failed(witness.name(), "it remembers size " + conflict.size());
      }
      case WitnessClient.Answer.Refused refused -> new Report.Failed(witness.name(), refused.why());
      case WitnessClient.Answer.Unreachable gone -> new Report.Failed(witness.name(), gone.why());
    };
  }

  /** The outcome of asking a witness. */
  public sealed interface Report {
    String witness();

    /** The witness cosigned the tree of that size. */
    record Cosigned(String witness, long size) implements Report {}

    /**
     * The witness has seen a larger tree than this log has: the log was restored to an older state,
     * or someone else signs with its key.
     */
    record Ahead(String witness, long seen, long size) implements Report {}

    /** The witness did not cosign; the next round asks again. */
    record Failed(String witness, String why) implements Report {}
  }
}
