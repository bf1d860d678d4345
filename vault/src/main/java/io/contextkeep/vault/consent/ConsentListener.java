package io.contextkeep.vault.consent;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import java.sql.Connection;
import java.sql.SQLException;

/** What follows from what a customer says, in the transaction in which they say it. */
public interface ConsentListener {

  /**
   * Called after an event was appended that changed how a consent stands.
   *
   * @param since the event with which the yes that stands began; 0 where none does
   */
  void said(Connection c, ConsentEvent latest, long since) throws SQLException;

  /** Called after an objection, which is one to everybody. */
  void objected(Connection c, SubjectId subject, Purpose purpose) throws SQLException;
}
