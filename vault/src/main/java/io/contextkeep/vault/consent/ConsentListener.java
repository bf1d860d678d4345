package io.contextkeep.vault.consent;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import java.sql.Connection;
import java.sql.SQLException;

/** Called when a consent or an objection changes, in the same transaction. */
public interface ConsentListener {

  /**
   * Called after an event was appended that changed a consent.
   *
   * @param since the event with which the consent in force began; 0 where there is none
   */
  void onConsentChange(Connection c, ConsentEvent latest, long since) throws SQLException;

  /** Called after an objection, which is to every app. */
  void onObjection(Connection c, SubjectId subject, Purpose purpose) throws SQLException;
}
