package io.contextkeep.vault.store;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * The customers whose rows are deleted and who are not yet out of the graph and of every file's
 * unused space. All that is noted of one is the random number; that goes last.
 */
public final class GraphErasures {

  private GraphErasures() {}

  /** Notes the customer in the transaction that deletes the rows: a crash cannot part the two. */
  static void add(Connection c, SubjectId subject) throws SQLException {
    Sql.update(c, "INSERT INTO graph_erasure (subject) VALUES (?)", subject.value());
  }

  /** Those who have no row left: what is rewritten before that may hold the number again. */
  public static List<SubjectId> pending(Connection c) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT DISTINCT subject FROM graph_erasure
        WHERE subject NOT IN (SELECT id FROM subject)\
        """,
        row -> new SubjectId(row.getLong(1)));
  }

  public static void done(Connection c, Collection<SubjectId> subjects) throws SQLException {
    for (SubjectId subject : subjects) {
      Sql.update(c, "DELETE FROM graph_erasure WHERE subject = ?", subject.value());
    }
  }
}
