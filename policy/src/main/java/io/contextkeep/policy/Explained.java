package io.contextkeep.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An explanation of an outcome. A compiled policy leaves no trace, so it is asked again with one
 * fact changed at a time; this class knows nothing of the rules.
 *
 * @param grounds the facts that alone cause each reason of a refusal; none if the reason depends on
 *     the question itself
 * @param changes the changes of single facts that would release more, with their outcomes
 */
public record Explained(
    Question question,
    Outcome outcome,
    Map<String, List<Hypothesis>> grounds,
    Map<Hypothesis, Outcome> changes) {
  private static final Set<String> LIVE = Set.of("GIVEN", "RENEWED");

  public static Explained of(PolicyGate gate, Question question) {
    Outcome outcome = gate.outcome(question);
    return new Explained(
        question, outcome, grounds(gate, question, outcome), changes(gate, question, outcome));
  }

  private static Map<String, List<Hypothesis>> grounds(
      PolicyGate gate, Question question, Outcome outcome) {
    Map<String, List<Hypothesis>> grounds = new LinkedHashMap<>();
    outcome.reasons().forEach(code -> grounds.put(code, new ArrayList<>()));
    if (outcome.allows()) {
      return grounds;
    }
    Question bare = bare(question);
    Set<String> anyway = Set.copyOf(gate.outcome(bare).reasons());
    for (Hypothesis fact : facts(question)) {
      for (String code : gate.outcome(fact.on(bare)).reasons()) {
        if (!anyway.contains(code) && grounds.containsKey(code)) {
          grounds.get(code).add(fact);
        }
      }
    }
    return grounds;
  }

  /** Returns the question without consents, objections and restriction. */
  private static Question bare(Question question) {
    return question.said(List.of(), List.of()).restricted(false);
  }

  /** Returns the customer's consents, objections and restriction as single facts. */
  private static List<Hypothesis> facts(Question question) {
    List<Hypothesis> facts = new ArrayList<>();
    for (Question.Consent said : question.consents()) {
      facts.add(
          new Hypothesis.Said(said.purpose(), said.recipient(), said.status(), said.explicit()));
    }
    question.objections().forEach(purpose -> facts.add(new Hypothesis.Objected(purpose, true)));
    if (question.subject().restricted()) {
      facts.add(new Hypothesis.Restricted(true));
    }
    return facts;
  }

  private static Map<Hypothesis, Outcome> changes(
      PolicyGate gate, Question question, Outcome outcome) {
    Map<Hypothesis, Outcome> changes = new LinkedHashMap<>();
    candidates(question)
        .forEach(
            fact -> {
              Outcome then = gate.outcome(fact.on(question));
              if (then.allowsMoreThan(outcome)) {
                changes.put(fact, then);
              }
            });
    return changes;
  }

  /** Returns the changes to try. */
  private static Stream<Hypothesis> candidates(Question question) {
    String purpose = question.purpose();
    String app = question.caller().id();
    Stream<Hypothesis> consents =
        Stream.concat(
            Stream.of(false, true)
                .map(explicit -> new Hypothesis.Said(purpose, app, "GIVEN", explicit)),
            question.consents().stream()
                .filter(said -> !LIVE.contains(said.status()))
                .map(
                    said ->
                        new Hypothesis.Said(said.purpose(), said.recipient(), "UNKNOWN", false)));
    Stream<Hypothesis> rest =
        Stream.of(
                question.objections().stream().map(no -> new Hypothesis.Objected(no, false)),
                Stream.of(new Hypothesis.Restricted(false)),
                Stream.of(new Hypothesis.Registered(more(question.caller().purposes(), purpose))),
                question.caller().purposes().stream().map(Hypothesis.Stated::new),
                question.attributes().keySet().stream().map(Hypothesis.Fresh::new))
            .flatMap(facts -> facts);
    return question.subject().self() ? Stream.empty() : Stream.concat(consents, rest);
  }

  private static List<String> more(List<String> purposes, String purpose) {
    return Stream.concat(purposes.stream(), Stream.of(purpose)).toList();
  }
}
