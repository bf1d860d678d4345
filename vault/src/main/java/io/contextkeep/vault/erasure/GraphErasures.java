package io.contextkeep.vault.erasure;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The erased customers who are still in the graph, or in the unused space of a file. Only their
 * random numbers are kept, and deleted last.
 */
public final class GraphErasures {

  private GraphErasures() {}

  /**
   * Records the customer in the transaction that deletes the rows, so that a crash cannot separate
   * the two.
   */
  static void add(Connection c, SubjectId subject, String certificate) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO graph_erasure (subject, certificate) VALUES (?, ?)",
        subject.value(),
        certificate);
  }

  /**
   * Returns the customers without any row left: a file rewritten earlier may contain the number
   * again.
   */
  public static List<SubjectId> pending(Connection c) throws SQLException {
    List<SubjectId> pending = new ArrayList<>();
    for (SubjectId subject :
        Sql.query(
            c,
            "SELECT DISTINCT subject FROM graph_erasure",
            row -> new SubjectId(row.getLong(1)))) {
      if (!Customers.exists(c, subject)) {
        pending.add(subject);
      }
    }
    return pending;
  }

  /** Certifies that the customers are out of the graph's files. */
  public static void compacted(Connection c, Collection<SubjectId> subjects, Instant at)
      throws SQLException {
    for (String certificate : certificates(c, subjects)) {
      ErasureCertificates.graphCompacted(c, certificate, at);
    }
  }

  /** Certifies that the customers are out of the database's file too, and deletes their numbers. */
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
