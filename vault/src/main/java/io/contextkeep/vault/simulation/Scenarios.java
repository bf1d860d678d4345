package io.contextkeep.vault.simulation;

import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.policy.Assurance;
import io.contextkeep.policy.Hypothesis;
import io.contextkeep.policy.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The situations that a customer can be in with an app: each status of consent, and explicit
 * consent together with each kind of refusal. A replay decides these too, before it reports that a
 * policy allows nothing new.
 */
final class Scenarios {

  private static final int MAX_CUSTOMERS = 100;

  private Scenarios() {}

  /**
   * Returns a question in every situation.
   *
   * @param silent the question about a customer without consents and objections
   */
  static Stream<Question> situations(Question silent) {
    String purpose = silent.purpose();
    String app = silent.caller().id();
    Hypothesis explicit = new Hypothesis.Said(purpose, app, ConsentStatus.GIVEN.name(), true);
    Stream<Question> single =
        Stream.of(ConsentStatus.values())
            .map(status -> new Hypothesis.Said(purpose, app, status.name(), false).on(silent));
    Question consented = explicit.on(silent);
    Stream<Question> against = against(purpose).stream().map(refusal -> refusal.on(consented));
    return Stream.of(
            Stream.of(silent, consented, weakly(consented), amongMany(consented)), single, against)
        .flatMap(questions -> questions);
  }

  /** Returns the question of a caller whose token states no authentication. */
  private static Question weakly(Question question) {
    Question.Caller caller = question.caller();
    return with(
        question,
        new Question.Caller(caller.id(), caller.role(), caller.purposes(), Assurance.NONE),
        question.customers());
  }

  /** Returns the question as part of the largest request. */
  private static Question amongMany(Question question) {
    return with(question, question.caller(), MAX_CUSTOMERS);
  }

  private static Question with(Question question, Question.Caller caller, int customers) {
    return new Question(
        caller,
        question.purpose(),
        question.subject(),
        question.consents(),
        question.objections(),
        question.attributes(),
        customers);
  }

  private static List<Hypothesis> against(String purpose) {
    List<Hypothesis> against = new ArrayList<>(List.of(new Hypothesis.Restricted(true)));
    Stream<String> broader =
        Purpose.parse(purpose).stream().flatMap(p -> p.ancestors().stream()).map(Purpose::curie);
    Stream.concat(Stream.of(purpose), broader)
        .forEach(
            no -> {
              against.add(new Hypothesis.Objected(no, true));
              against.add(new Hypothesis.Said(no, "*", ConsentStatus.WITHDRAWN.name(), false));
            });
    return against;
  }
}
