package io.contextkeep.vault.read;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.Receipt;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.policy.Decision;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.store.App;
import io.contextkeep.vault.store.Attribute;
import io.contextkeep.vault.store.ContextStore;
import io.contextkeep.vault.store.Identifier;
import io.contextkeep.vault.store.Plaintext;
import io.contextkeep.vault.store.Registry;
import io.contextkeep.vault.store.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The path of every read, and the only one: facts, decision, durable record, then plaintext, then
 * no more of it than was permitted.
 */
public final class ReadPath {
  private final Db db;
  private final Registry registry;
  private final ContextStore store;
  private final SubjectKeys keys;
  private final PolicyGate gate;
  private final AuditLog log;
  private final InstantSource clock;

  public ReadPath(
      Db db,
      Registry registry,
      ContextStore store,
      SubjectKeys keys,
      PolicyGate gate,
      AuditLog log,
      InstantSource clock) {
    this.db = db;
    this.registry = registry;
    this.store = store;
    this.keys = keys;
    this.gate = gate;
    this.log = log;
    this.clock = clock;
  }

  /**
   * Answers the ask.
   *
   * @throws io.contextkeep.audit.StoreUnavailable if the facts cannot be read or the decision
   *     cannot be recorded; nothing has been decrypted then
   */
  public Reply read(Ask ask, EntryType type) {
    Snapshot snapshot =
        db.inRead(
            c ->
                store.snapshot(
                    c, ask.customer(), ask.caller().id(), ask.attributes(), ask.extent()));
    Decision decision = gate.decide(question(ask, snapshot));
    Receipt receipt = log.append(entry(ask, type, snapshot, decision));
    return switch (decision) {
      case Refusal refusal -> Reply.of(refusal, receipt);
      case Permit permit -> {
        Plaintext plaintext = store.read(permit, snapshot);
        Disclosure disclosure = Minimiser.minimise(permit, plaintext);
        yield Reply.of(disclosure, receipt, names(ask), ask.extent());
      }
    };
  }

  private Question question(Ask ask, Snapshot snapshot) {
    Instant now = clock.instant();
    return new Question(
        new Question.Caller(ask.caller().id(), ask.caller().role().code(), purposes(ask)),
        purpose(ask),
        new Question.Subject(snapshot.subject(), snapshot.restricted(), ask.self()),
        snapshot.consents().stream().map(consent -> fact(consent, now)).toList(),
        snapshot.objections(),
        attributes(ask, snapshot, now));
  }

  /** What an app is registered for; nobody else states a purpose of an app's. */
  private List<String> purposes(Ask ask) {
    return Optional.of(ask.caller())
        .filter(caller -> caller.role() == Role.APP)
        .flatMap(caller -> registry.app(caller.id()))
        .map(App::purposes)
        .map(purposes -> List.copyOf(new TreeSet<>(purposes)))
        .orElse(List.of());
  }

  private static Question.Consent fact(Snapshot.ConsentRow row, Instant now) {
    return new Question.Consent(
        row.event(),
        row.purpose(),
        row.recipient(),
        ConsentStates.stateAt(row.latest(), row.expiresAt(), now).name(),
        row.explicit());
  }

  /** One that is not held is decided as if it were: what is withheld does not tell what is held. */
  private static SortedMap<String, Question.Attribute> attributes(
      Ask ask, Snapshot snapshot, Instant now) {
    SortedMap<String, Question.Attribute> facts = new TreeMap<>();
    for (Attribute attribute : ask.attributes()) {
      facts.put(attribute.name(), fact(attribute, 0));
    }
    Map<String, Long> newest = new HashMap<>();
    for (Snapshot.Held held : snapshot.held()) {
      newest.merge(held.attribute().name(), held.observed(), Math::max);
    }
    for (Attribute attribute : ask.attributes()) {
      Long observed = newest.get(attribute.name());
      if (observed != null) {
        facts.put(attribute.name(), fact(attribute, days(now.toEpochMilli() - observed)));
      }
    }
    if (ask.extent().identifiers()) {
      facts.put(
          Identifier.ATTRIBUTE,
          new Question.Attribute(Identifier.CATEGORY.curie(), Identifier.CATEGORY.isSpecial(), 0));
    }
    return facts;
  }

  private static Question.Attribute fact(Attribute attribute, long ageDays) {
    return new Question.Attribute(
        attribute.category().curie(), attribute.category().isSpecial(), ageDays);
  }

  /** A begun day counts whole: a value is never taken for younger than it is. */
  private static long days(long millis) {
    return Math.max(0, Math.ceilDiv(millis, Duration.ofDays(1).toMillis()));
  }

  private AuditEntry entry(Ask ask, EntryType type, Snapshot snapshot, Decision decision) {
    TreeMap<String, Object> facts = new TreeMap<>();
    facts.put("request", ask.requestId());
    facts.put("actor", ask.caller().id());
    facts.put("role", ask.caller().role().code());
    facts.put("purpose", purpose(ask));
    facts.put("basis", decision.basis());
    facts.put("decision", decision instanceof Permit ? "permit" : "refuse");
    facts.put("decisionId", decision.id());
    facts.put("decisionDigest", decision.digest());
    facts.put("revision", decision.policy().revision());
    facts.put("policy", decision.policy().codeDigest());
    facts.put("data", decision.policy().dataDigest());
    TreeMap<String, Object> details = new TreeMap<>();
    details.put("asked", names(ask));
    ask.reason().ifPresent(reason -> details.put("reason", reason));
    switch (decision) {
      case Permit permit -> {
        Categories.put(facts, categories(ask, permit));
        facts.put("fields", permit.releases().size());
        details.put("consents", permit.consents());
        details.put("released", List.copyOf(permit.releases().keySet()));
      }
      case Refusal refusal -> facts.put("reasons", refusal.reasons());
    }
    EntryType recorded = decision instanceof Permit ? type : EntryType.REFUSE;
    AuditEntry entry = AuditEntry.of(recorded, facts);
    Optional<SubjectKey> key = snapshot.subject().flatMap(keys::find);
    return key.map(k -> entry.about(snapshot.subject().orElseThrow().value(), k, details))
        .orElse(entry);
  }

  private static List<String> categories(Ask ask, Permit permit) {
    TreeSet<String> categories = new TreeSet<>();
    for (Attribute attribute : ask.attributes()) {
      if (permit.releases().containsKey(attribute.name())) {
        categories.add(attribute.category().curie());
      }
    }
    if (permit.releases().containsKey(Identifier.ATTRIBUTE)) {
      categories.add(Identifier.CATEGORY.curie());
    }
    return new ArrayList<>(categories);
  }

  /** A purpose that DPV does not have goes on as a word that the policy does not know either. */
  private static String purpose(Ask ask) {
    return Purpose.parse(ask.purpose()).map(Purpose::curie).orElse("unknown");
  }

  private static List<String> names(Ask ask) {
    return ask.attributes().stream().map(Attribute::name).sorted().distinct().toList();
  }
}
