package io.contextkeep.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A change of one fact of a question. */
public sealed interface Hypothesis {

  /** Returns the question with the fact changed. */
  Question on(Question question);

  /**
   * A consent has this status.
   *
   * @param status a name of DPV's consent statuses, such as {@code GIVEN}
   */
  record Said(String purpose, String recipient, String status, boolean explicit)
      implements Hypothesis {
    @Override
    public Question on(Question question) {
      List<Question.Consent> consents = new ArrayList<>(question.consents());
      consents.removeIf(
          said -> said.purpose().equals(purpose) && said.recipient().equals(recipient));
      consents.add(new Question.Consent(0, purpose, recipient, status, explicit));
      return question.said(consents, question.objections());
    }
  }

  /** The customer objects to a purpose, or does not. */
  record Objected(String purpose, boolean objects) implements Hypothesis {
    @Override
    public Question on(Question question) {
      List<String> objections = new ArrayList<>(question.objections());
      objections.remove(purpose);
      if (objects) {
        objections.add(purpose);
      }
      return question.said(question.consents(), objections);
    }
  }

  /** Processing of the customer's data is restricted, or is not. */
  record Restricted(boolean restricted) implements Hypothesis {
    @Override
    public Question on(Question question) {
      return question.restricted(restricted);
    }
  }

  /** The app is registered for exactly these purposes. */
  record Registered(List<String> purposes) implements Hypothesis {
    public Registered {
      purposes = purposes.stream().sorted().distinct().toList();
    }

    @Override
    public Question on(Question question) {
      Question.Caller caller = question.caller();
      return question.by(
          new Question.Caller(caller.id(), caller.role(), purposes, caller.assurance()));
    }
  }

  /** The question states another purpose. */
  record Stated(String purpose) implements Hypothesis {
    @Override
    public Question on(Question question) {
      return question.stating(purpose);
    }
  }

  /** The attribute is registered in this category. */
  record Categorised(String attribute, String category, boolean special) implements Hypothesis {
    @Override
    public Question on(Question question) {
      SortedMap<String, Question.Attribute> attributes = new TreeMap<>(question.attributes());
      attributes.computeIfPresent(
          attribute, (_, held) -> new Question.Attribute(category, special, held.ageDays()));
      return question.of(attributes);
    }
  }

  /** The newest value of an attribute is of today. */
  record Fresh(String attribute) implements Hypothesis {
    @Override
    public Question on(Question question) {
      SortedMap<String, Question.Attribute> attributes = new TreeMap<>(question.attributes());
      attributes.computeIfPresent(
          attribute, (_, held) -> new Question.Attribute(held.category(), held.special(), 0));
      return question.of(attributes);
    }
  }
}
