package io.contextkeep.vault.context;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.Receipt;
import io.contextkeep.policy.Decision;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.crypto.SealBroken;
import io.contextkeep.vault.crypto.SubjectKeys;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only path of a read: facts, decision, durable log entry, plaintext, and a disclosure of no
 * more than the permit names.
 */
public final class ReadPath {
  private static final Logger LOG = LoggerFactory.getLogger(ReadPath.class);

  private final PreparedReads prepared;
  private final ContextStore store;
  private final PolicyGate gate;
  private final Entries entries;
  private final Minimiser minimiser;
  private final AuditLog log;

  ReadPath(
      PreparedReads prepared, ContextStore store, SubjectKeys keys, PolicyGate gate, AuditLog log) {
    this.prepared = prepared;
    this.store = store;
    this.gate = gate;
    this.entries = new Entries(keys);
    this.minimiser = new Minimiser(keys);
    this.log = log;
  }

  public Reply read(ReadRequest ask, EntryType type) {
    return read(List.of(ask), type).getFirst();
  }

  /**
   * Answers requests that came together, in their order. They share one durable write; each is
   * decided, recorded and answered by itself.
   *
   * @throws io.contextkeep.audit.StoreUnavailable if the facts cannot be read or the decisions
   *     cannot be recorded; then nothing was decrypted and no entry remains
   */
  public List<Reply> read(List<ReadRequest> asks, EntryType type) {
    List<PreparedRead> reads = prepared.of(asks);
    List<Decision> decisions = new ArrayList<>();
    List<AuditEntry> records = new ArrayList<>();
    for (int i = 0; i < asks.size(); i++) {
      Decision decision = gate.decide(reads.get(i).question());
      decisions.add(decision);
      records.add(entries.entry(asks.get(i), type, reads.get(i), decision));
    }
    List<Receipt> receipts = log.append(records);
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < asks.size(); i++) {
      replies.add(
          switch (decisions.get(i)) {
            case Refusal refusal -> Reply.of(refusal, receipts.get(i));
            case Permit permit ->
                disclosed(asks.get(i), reads.get(i).snapshot(), permit, receipts.get(i));
          });
    }
    return replies;
  }

  /** Opens what the permit releases. The receipt proves that the permit is in the log for good. */
  private Reply disclosed(ReadRequest ask, Snapshot snapshot, Permit permit, Receipt receipt) {
    try {
      Plaintext plaintext = store.read(permit, snapshot);
      return Reply.of(minimiser.minimise(permit, plaintext), receipt, ask);
    } catch (SealBroken altered) {
      LOG.atError().addKeyValue("request", ask.requestId()).log("a sealed record does not open");
      return Reply.ofDamage(permit, receipt);
    }
  }
}
