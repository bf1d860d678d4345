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
 * A question in every situation that a customer can be in with an app: each state of consent, and
 * the most explicit yes against each no. What nobody asked in a period is decided too before a
 * policy is said to allow nothing new.
 */
final class Scenarios {

  private static final int MOST_CUSTOMERS = 100;

  private Scenarios() {}

  /**
   * @param silent about somebody who has said nothing
   */
  static Stream<Question> situations(Question silent) {
    String purpose = silent.purpose();
    String app = silent.caller().id();
    Hypothesis explicit = new Hypothesis.Said(purpose, app, ConsentStatus.GIVEN.name(), true);
    Stream<Question> single =
        Stream.of(ConsentStatus.values())
            .map(status -> new Hypothesis.Said(purpose, app, status.name(), false).on(silent));
    Question yes = explicit.on(silent);
    Stream<Question> against = against(purpose).stream().map(no -> no.on(yes));
    return Stream.of(Stream.of(silent, yes, weakly(yes), amongMany(yes)), single, against)
        .flatMap(questions -> questions);
  }

  /** Asked with a token that says nothing of how its holder was authenticated. */
  private static Question weakly(Question question) {
    Question.Caller caller = question.caller();
    return with(
        question,
        new Question.Caller(caller.id(), caller.role(), caller.purposes(), Assurance.NONE),
        question.customers());
  }

  /** Asked with as many others as one request can be about. */
  private static Question amongMany(Question question) {
    return with(question, question.caller(), MOST_CUSTOMERS);
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
