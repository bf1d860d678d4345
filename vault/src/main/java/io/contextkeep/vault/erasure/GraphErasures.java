package io.contextkeep.vault.erasure;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The customers whose rows are deleted and who are not yet out of the graph and of every file's
 * unused space. All that is noted of one is the random number; that goes last.
 */
public final class GraphErasures {

  private GraphErasures() {}

  /** Notes the customer in the transaction that deletes the rows: a crash cannot part the two. */
  static void add(Connection c, SubjectId subject, String certificate) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO graph_erasure (subject, certificate) VALUES (?, ?)",
        subject.value(),
        certificate);
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

  /** Certifies that they are out of the graph's files. */
  public static void compacted(Connection c, Collection<SubjectId> subjects, Instant at)
      throws SQLException {
    for (String certificate : certificates(c, subjects)) {
      ErasureCertificates.graphCompacted(c, certificate, at);
    }
  }

  /** Certifies that they are out of the database's file too, and forgets them. */
  public static void done(Connection c, Collection<SubjectId> subjects, Instant at)
      throws SQLException {
    for (String certificate : certificates(c, subjects)) {
      ErasureCertificates.fileRewritten(c, certificate, at);
    }
    for (SubjectId subject : subjects) {
      Sql.update(c, "DELETE FROM graph_erasure WHERE subject = ?", subject.value());
    }
  }

  private static Set<String> certificates(Connection c, Collection<SubjectId> subjects)
      throws SQLException {
    Set<String> certificates = new TreeSet<>();
    for (SubjectId subject : subjects) {
      certificates.addAll(
          Sql.query(
              c,
              "SELECT certificate FROM graph_erasure WHERE subject = ?",
              row -> row.getString(1),
              subject.value()));
    }
    return certificates;
  }
}
