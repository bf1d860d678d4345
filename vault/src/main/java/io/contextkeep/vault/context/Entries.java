package io.contextkeep.vault.context;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Decision;
import io.contextkeep.policy.Permit;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.registry.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The log entries of decisions. The caller, the purpose and the decision are public; the customer,
 * the attributes and the complete question, from which the decision can be repeated, are private.
 */
final class Entries {
  private final SubjectKeys keys;

  Entries(SubjectKeys keys) {
    this.keys = keys;
  }

  AuditEntry entry(ReadRequest ask, EntryType type, PreparedRead read, Decision decision) {
    Snapshot snapshot = read.snapshot();
    SubjectId subject = snapshot.subject().or(snapshot::standIn).orElseThrow();
    SubjectKey key = key(snapshot, subject);
    EntryType recorded = decision instanceof Permit ? type : EntryType.REFUSE;
    return read.lastEntry()
        .entry(
            Saying.of(ask, recorded, decision),
            () ->
                AuditEntry.of(recorded, facts(ask, decision))
                    .about(subject.value(), key, details(ask, read, decision)))
        .again(decision.id(), ask.requestId(), key);
  }

  private static Map<String, Object> facts(ReadRequest ask, Decision decision) {
    TreeMap<String, Object> facts = new TreeMap<>();
    facts.put("request", ask.requestId());
    facts.put("actor", ask.caller().id());
    facts.put("role", ask.caller().role().code());
    facts.put("purpose", ask.term());
    facts.put("basis", decision.basis());
    facts.put("decision", decision instanceof Permit ? "permit" : "refuse");
    facts.put("decisionId", decision.id());
    facts.put("decisionDigest", decision.digest());
    facts.put("policy", decision.policy().revision());
    facts.put("policyDigest", decision.policy().codeDigest());
    facts.put("dataDigest", decision.policy().dataDigest());
    switch (decision) {
      case Permit permit -> {
        Categories.put(facts, categories(ask, permit));
        facts.put("fields", permit.releases().size());
      }
      case Refusal refusal -> facts.put("reasons", refusal.reasons());
    }
    return facts;
  }

  private static Map<String, Object> details(
      ReadRequest ask, PreparedRead read, Decision decision) {
    TreeMap<String, Object> details = new TreeMap<>();
    details.put("asked", ask.everyName());
    boolean isKnown = read.snapshot().subject().isPresent();
    String askedAs = ask.customer().kind() + ":" + ask.customer().value();
    details.put(QuestionRecord.ASKED_AS, isKnown ? askedAs : blank(askedAs));
    ask.reason().ifPresent(reason -> details.put("reason", isKnown ? reason : blank(reason)));
    QuestionRecord.put(details, read.packed(), read.events());
    if (decision instanceof Permit permit) {
      details.put("consents", permit.consents());
      details.put("released", List.copyOf(permit.releases().keySet()));
    }
    return details;
  }

  /**
   * Returns the key of an entry's private part. An entry about an unknown customer has a private
   * part of the same size, sealed by a key that is not kept. Without one, an app could tell that
   * the customer is unknown: it could guess all facts of the entry and compare the hash in its
   * receipt.
   */
  private SubjectKey key(Snapshot snapshot, SubjectId subject) {
    return snapshot.subject().isEmpty()
        ? keys.standInKey(subject)
        : keys.find(subject)
            .orElseThrow(
                () ->
                    new StoreUnavailable(
                        "The customer was erased while the request was under way"));
  }

  private static String blank(String text) {
    return "-".repeat(text.length());
  }

  private static List<String> categories(ReadRequest ask, Permit permit) {
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
}
