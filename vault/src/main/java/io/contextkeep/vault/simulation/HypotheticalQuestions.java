package io.contextkeep.vault.simulation;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Assurance;
import io.contextkeep.policy.Question;
import io.contextkeep.vault.context.ContextStore;
import io.contextkeep.vault.context.Extent;
import io.contextkeep.vault.context.Facts;
import io.contextkeep.vault.context.ReadRequest;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The questions that apps could ask: each registered app, for each of its purposes, about all
 * attributes. They are made like real ones; nothing is decrypted for them.
 */
final class HypotheticalQuestions {
  /** One event suffices, as a question holds only the age of the newest. */
  private static final Extent NEWEST = new Extent.Newest(1);

  private static final SubjectId CUSTOMER = new SubjectId(1);

  private final Db db;
  private final Registry registry;
  private final ContextStore store;
  private final Facts facts;

  public HypotheticalQuestions(Db db, Registry registry, ContextStore store, InstantSource clock) {
    this.db = db;
    this.registry = registry;
    this.store = store;
    this.facts = new Facts(registry, clock);
  }

  /** Returns the questions about a customer in their current situation. */
  public List<Question> about(Identifier customer) {
    return db.inRead(c -> about(c, customer));
  }

  private List<Question> about(Connection c, Identifier customer) throws SQLException {
    List<Attribute> attributes = registry.attributes();
    List<Question> questions = new ArrayList<>();
    for (App app : registry.apps()) {
      var snapshot = store.snapshot(c, customer, app.id(), attributes, NEWEST);
      Caller caller =
          new Caller(app.id(), Role.APP, Optional.empty(), Assurance.STRONGEST, Optional.empty());
      for (String purpose : app.purposes()) {
        ReadRequest ask =
            new ReadRequest("", caller, customer, purpose, attributes, Optional.empty());
        questions.add(facts.question(ask, snapshot));
      }
    }
    return questions;
  }

  /** Returns the questions about a customer with new values of everything and no consents. */
  public List<Question> aboutAnyone() {
    List<Question> questions = new ArrayList<>();
    for (App app : registry.apps()) {
      for (String purpose : app.purposes()) {
        questions.add(aboutAnyone(facts.population(app.id(), Assurance.STRONGEST), purpose));
      }
    }
    return questions;
  }

  /** Returns one of these questions, of an app that need not be registered. */
  public Question aboutAnyone(Question.Caller app, String purpose) {
    return new Question(
        new Question.Caller(app.id(), app.role(), app.purposes(), Assurance.STRONGEST),
        purpose,
        new Question.Subject(Optional.of(CUSTOMER), false, false),
        List.of(),
        List.of(),
        Facts.catalogued(registry.attributes()));
  }
}
