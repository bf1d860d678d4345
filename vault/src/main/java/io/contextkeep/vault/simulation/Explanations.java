package io.contextkeep.vault.simulation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.policy.Explained;
import io.contextkeep.policy.Hypothesis;
import io.contextkeep.policy.Outcome;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.Reason;
import io.contextkeep.vault.auditlog.Accesses;
import io.contextkeep.vault.web.Json;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Decisions and what they rest on, in codes: states, never times or numbers of a person's. */
final class Explanations {

  private Explanations() {}

  /** What the log says, where the question cannot be asked again. */
  static ObjectNode of(Found.Missing missing) {
    ObjectNode node = recorded(missing.entry());
    node.put("notAskedAgain", missing.why().name());
    ArrayNode reasons = node.putArray("reasons");
    if (missing.why() != MissingReason.STATISTIC) {
      missing.entry().words("reasons").forEach(code -> reasons.add(reason(code)));
    }
    return node;
  }

  static ObjectNode of(Found.Recorded decision, Explained explained) {
    Outcome outcome = explained.outcome();
    ObjectNode node = recorded(decision.entry());
    node.put("policyNow", outcome.policy().revision());
    node.put("samePolicy", outcome.policy().equals(decision.policy()));
    node.put("sameDecision", decision.entry().word("decision").equals(word(outcome)));
    node.put("decisionNow", word(outcome));
    ArrayNode reasons = node.putArray("reasons");
    for (String code : outcome.reasons()) {
      ObjectNode reason = reason(code);
      facts(reason.putArray("restsOn"), explained.grounds().getOrDefault(code, List.of()));
      reasons.add(reason);
    }
    consents(node.putArray("restsOn"), explained.question(), outcome.consents());
    node.set("attributes", attributes(outcome.treatments()));
    ArrayNode changes = node.putArray("wouldHelp");
    for (Map.Entry<Hypothesis, Outcome> change : explained.changes().entrySet()) {
      changes.add(fact(change.getKey()).set("then", gained(outcome, change.getValue())));
    }
    return node;
  }

  private static ObjectNode recorded(AuditRow entry) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("entry", entry.index());
    node.put("time", Instant.ofEpochMilli(entry.time()).toString());
    for (String word : List.of("request", "actor", "role", "purpose", "basis", "decision")) {
      if (!entry.word(word).isEmpty()) {
        node.put(word, entry.word(word));
      }
    }
    node.put("policy", entry.word("policy"));
    return Accesses.withoutStaff(node);
  }

  private static String word(Outcome outcome) {
    return outcome.allows() ? "permit" : "refuse";
  }

  /** What one use comes to. */
  static ObjectNode use(Outcome outcome) {
    return use(outcome, outcome.treatments());
  }

  /** The same with only those attributes that leave otherwise than now. */
  private static ObjectNode gained(Outcome now, Outcome then) {
    SortedMap<String, Outcome.Treatment> changed = new TreeMap<>(then.treatments());
    changed.entrySet().removeIf(one -> one.getValue().equals(now.treatments().get(one.getKey())));
    return use(then, changed);
  }

  private static ObjectNode use(Outcome outcome, SortedMap<String, Outcome.Treatment> treatments) {
    ObjectNode node = Json.MAPPER.createObjectNode().put("decision", word(outcome));
    outcome.reasons().forEach(node.putArray("reasons")::add);
    node.set("attributes", attributes(treatments));
    return node;
  }

  private static ArrayNode attributes(SortedMap<String, Outcome.Treatment> treatments) {
    ArrayNode all = Json.MAPPER.createArrayNode();
    treatments.forEach(
        (name, treatment) -> {
          ObjectNode node = all.addObject().put("attribute", name);
          node.put("release", treatment.how().name().toLowerCase(Locale.ROOT));
          switch (treatment.how()) {
            case CLEAR -> {}
            case MASKED -> node.put("mask", treatment.code());
            case WITHHELD -> node.set("reason", reason(treatment.code()));
          }
        });
    return all;
  }

  private static ObjectNode reason(String code) {
    Reason reason = Reason.of(code);
    return Json.MAPPER
        .createObjectNode()
        .put("code", code)
        .put("rule", reason.rule())
        .put("title", reason.title())
        .put("description", reason.description())
        .put("remedy", reason.remedy());
  }

  private static void consents(ArrayNode into, Question question, List<Long> events) {
    for (Question.Consent said : question.consents()) {
      if (events.contains(said.id())) {
        into.add(
            fact(
                new Hypothesis.Said(
                    said.purpose(), said.recipient(), said.status(), said.explicit())));
      }
    }
  }

  private static void facts(ArrayNode into, List<Hypothesis> facts) {
    facts.forEach(fact -> into.add(fact(fact)));
  }

  static ObjectNode fact(Hypothesis hypothesis) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    switch (hypothesis) {
      case Hypothesis.Said said ->
          node.put("fact", "consent")
              .put("purpose", said.purpose())
              .put("app", said.recipient())
              .put("status", said.status())
              .put("explicit", said.explicit());
      case Hypothesis.Objected objected ->
          node.put("fact", "objection")
              .put("purpose", objected.purpose())
              .put("objects", objected.objects());
      case Hypothesis.Restricted restricted ->
          node.put("fact", "restriction").put("restricted", restricted.restricted());
      case Hypothesis.Registered registered ->
          registered.purposes().forEach(node.put("fact", "registration").putArray("purposes")::add);
      case Hypothesis.Stated stated -> node.put("fact", "purpose").put("purpose", stated.purpose());
      case Hypothesis.Categorised categorised ->
          node.put("fact", "category")
              .put("attribute", categorised.attribute())
              .put("category", categorised.category());
      case Hypothesis.Fresh fresh -> node.put("fact", "age").put("attribute", fresh.attribute());
    }
    return node;
  }
}
