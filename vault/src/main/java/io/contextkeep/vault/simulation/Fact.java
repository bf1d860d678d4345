package io.contextkeep.vault.simulation;

import io.contextkeep.policy.Hypothesis;
import java.util.List;

/** A fact that a decision depends on, on the wire. */
sealed interface Fact {
  /** Returns the kind of the fact. */
  String fact();

  record Consent(String fact, String purpose, String app, String status, boolean explicit)
      implements Fact {}

  record Objection(String fact, String purpose, boolean objects) implements Fact {}

  record Restriction(String fact, boolean restricted) implements Fact {}

  record Registration(String fact, List<String> purposes) implements Fact {}

  record StatedPurpose(String fact, String purpose) implements Fact {}

  record Category(String fact, String attribute, String category) implements Fact {}

  record Age(String fact, String attribute) implements Fact {}

  static Fact of(Hypothesis hypothesis) {
    return switch (hypothesis) {
      case Hypothesis.Said said ->
          new Consent("consent", said.purpose(), said.recipient(), said.status(), said.explicit());
      case Hypothesis.Objected objected ->
          new Objection("objection", objected.purpose(), objected.objects());
      case Hypothesis.Restricted restricted ->
          new Restriction("restriction", restricted.restricted());
      case Hypothesis.Registered registered ->
          new Registration("registration", registered.purposes());
      case Hypothesis.Stated stated -> new StatedPurpose("purpose", stated.purpose());
      case Hypothesis.Categorised categorised ->
          new Category("category", categorised.attribute(), categorised.category());
      case Hypothesis.Fresh fresh -> new Age("age", fresh.attribute());
    };
  }
}
