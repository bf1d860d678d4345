package io.contextkeep.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Why a question is answered as it is. A compiled policy leaves no trace, so it is asked again with
 * one fact changed at a time, and what that does is what the fact decided: nothing of the rules is
 * known here.
 *
 * @param grounds what each reason of a no rests on: facts that alone bring it about, or what would
 *     have to be said for it to go; none where it rests on the question itself
 * @param changes single facts that, were they so, would let more leave, with what then would
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

  /** The question without anything that the customer said. */
  private static Question bare(Question question) {
    return question.said(List.of(), List.of()).restricted(false);
  }

  /** What the customer said, each by itself. */
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
    otherwise(question)
        .forEach(
            fact -> {
              Outcome then = gate.outcome(fact.on(question));
              if (then.allowsMoreThan(outcome)) {
                changes.put(fact, then);
              }
            });
    return changes;
  }

  /** Every fact that could be otherwise by itself. */
  private static Stream<Hypothesis> otherwise(Question question) {
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
