package io.contextkeep.vault.context;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.Receipt;
import io.contextkeep.policy.Decision;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.crypto.SealBroken;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
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

  private final Db db;
  private final ContextStore store;
  private final Facts facts;
  private final PolicyGate gate;
  private final Entries entries;
  private final Minimiser minimiser;
  private final AuditLog log;

  public ReadPath(
      Db db,
      Registry registry,
      ContextStore store,
      SubjectKeys keys,
      PolicyGate gate,
      AuditLog log,
      InstantSource clock) {
    this.db = db;
    this.store = store;
    this.facts = new Facts(registry, clock);
    this.gate = gate;
    this.entries = new Entries(keys);
    this.minimiser = new Minimiser(keys);
    this.log = log;
  }

  public Reply read(ReadRequest ask, EntryType type) {
    return read(List.of(ask), type).getFirst();
  }

  /**
   * Answers requests that arrived together, in their order. They share one database snapshot and
   * one durable write; each is decided, recorded and answered by itself.
   *
   * @throws io.contextkeep.audit.StoreUnavailable if the facts cannot be read or the decisions
   *     cannot be recorded; then nothing was decrypted and no entry remains
   */
  public List<Reply> read(List<ReadRequest> asks, EntryType type) {
    List<Snapshot> snapshots = db.inRead(c -> snapshots(c, asks));
    List<Decision> decisions = new ArrayList<>();
    List<AuditEntry> records = new ArrayList<>();
    for (int i = 0; i < asks.size(); i++) {
      Question question = facts.question(asks.get(i), snapshots.get(i));
      Decision decision = gate.decide(question);
      decisions.add(decision);
      records.add(entries.entry(asks.get(i), type, snapshots.get(i), question, decision));
    }
    List<Receipt> receipts = log.append(records);
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < asks.size(); i++) {
      replies.add(
          switch (decisions.get(i)) {
            case Refusal refusal -> Reply.of(refusal, receipts.get(i));
            case Permit permit -> disclosed(asks.get(i), snapshots.get(i), permit, receipts.get(i));
          });
    }
    return replies;
  }

  private List<Snapshot> snapshots(Connection c, List<ReadRequest> asks) throws SQLException {
    List<Snapshot> snapshots = new ArrayList<>();
    for (ReadRequest ask : asks) {
      snapshots.add(
          store.snapshot(c, ask.customer(), ask.caller().id(), ask.attributes(), ask.extent()));
    }
    return snapshots;
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
