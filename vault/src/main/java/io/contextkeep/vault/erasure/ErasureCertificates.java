package io.contextkeep.vault.erasure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.Jcs;
import io.contextkeep.audit.Receipt;
import io.contextkeep.vault.crypto.SubjectKeys.Destruction;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.Period;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The table of certificates: a row for each erasure, which each step updates, under a number that
 * identifies no person.
 */
public final class ErasureCertificates {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One certificate whose rows are deleted.
   *
   * @param entry the index of the log's entry of the erasure
   * @param everyRecipient whether no entry about the customer had been pruned
   */
  public record Row(
      String number,
      Optional<Instant> asked,
      Optional<String> keyPrint,
      Optional<Instant> keyDestroyed,
      Instant rowsDeleted,
      SortedMap<String, Long> deleted,
      long entry,
      String leaf,
      Optional<Instant> logEmptied,
      Optional<Instant> graphCompacted,
      Optional<Instant> fileRewritten,
      Optional<Period> backupRetention,
      boolean everyRecipient) {}

  private ErasureCertificates() {}

  /** Begins the certificate of an erasure; an existing one stays as it is. */
  static void begin(Connection c, String number, Instant asked) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO erasure_certificate (number, asked) VALUES (?, ?) ON CONFLICT DO NOTHING",
        number,
        asked.toEpochMilli());
  }

  /**
   * Begins the count of the rows that are deleted.
   *
   * @return false where it was begun before
   */
  static boolean beginCount(Connection c, String number) throws SQLException {
    Sql.update(
        c, "INSERT INTO erasure_certificate (number) VALUES (?) ON CONFLICT DO NOTHING", number);
    return Sql.update(
            c,
            "UPDATE erasure_certificate SET deleted = '{}' WHERE number = ? AND deleted IS NULL",
            number)
        == 1;
  }

  /** Counts rows by their table, in the transaction that deletes them. */
  static void count(Connection c, String number, Map<String, Long> deleted) throws SQLException {
    Optional<String> before =
        Sql.one(
            c,
            "SELECT deleted FROM erasure_certificate WHERE number = ? AND rows_deleted IS NULL",
            row -> row.getString(1),
            number);
    if (before.isPresent()) {
      SortedMap<String, Long> all = counts(before.get());
      deleted.forEach((table, rows) -> all.merge(table, rows, Long::sum));
      Sql.update(
          c, "UPDATE erasure_certificate SET deleted = ? WHERE number = ?", Jcs.text(all), number);
    }
  }

  /**
   * Certifies the rows that were counted, in the transaction that deletes the last of them. A
   * certified count stays, since a repeated step finds nothing to delete.
   */
  static void rowsDeleted(
      Connection c,
      Destruction key,
      Instant at,
      Receipt entry,
      Optional<Period> backupRetention,
      boolean everyRecipient)
      throws SQLException {
    long last = lastStep(c, key.number());
    Optional<Long> destroyed = key.at().map(time -> Math.max(time.toEpochMilli(), last));
    Sql.update(
        c,
        """
        UPDATE erasure_certificate SET key_print = ?, key_destroyed = ?, rows_deleted = ?,
          entry = ?, leaf = ?, backup_retention = ?, every_recipient = ?
        WHERE number = ? AND rows_deleted IS NULL\
        """,
        key.fingerprint().orElse(null),
        destroyed.orElse(null),
        Math.max(at.toEpochMilli(), destroyed.orElse(last)),
        entry.index(),
        entry.leafHash(),
        backupRetention.map(Period::toString).orElse(null),
        everyRecipient,
        key.number());
  }

  static void logEmptied(Connection c, String number, Instant at) throws SQLException {
    step(
        c,
        """
        UPDATE erasure_certificate SET log_emptied = coalesce(log_emptied, ?)
        WHERE number = ?\
        """,
        number,
        at);
  }

  static void graphCompacted(Connection c, String number, Instant at) throws SQLException {
    step(
        c,
        """
        UPDATE erasure_certificate SET graph_compacted = coalesce(graph_compacted, ?)
        WHERE number = ?\
        """,
        number,
        at);
  }

  static void fileRewritten(Connection c, String number, Instant at) throws SQLException {
    step(
        c,
        """
        UPDATE erasure_certificate SET file_rewritten = coalesce(file_rewritten, ?)
        WHERE number = ?\
        """,
        number,
        at);
  }

  /** Records the time of a step, unless it was recorded before. */
  private static void step(Connection c, String sql, String number, Instant at)
      throws SQLException {
    Sql.update(c, sql, Math.max(at.toEpochMilli(), lastStep(c, number)), number);
  }

  /** Returns the time of the latest step, so that none is before it even if a clock ran ahead. */
  private static long lastStep(Connection c, String number) throws SQLException {
    return Sql.one(
            c,
            """
            SELECT asked, key_destroyed, rows_deleted, log_emptied, graph_compacted, file_rewritten
            FROM erasure_certificate WHERE number = ?\
            """,
            ErasureCertificates::latest,
            number)
        .orElse(0L);
  }

  private static long latest(ResultSet steps) throws SQLException {
    long latest = 0;
    for (int i = 1; i <= steps.getMetaData().getColumnCount(); i++) {
      latest = Math.max(latest, steps.getLong(i));
    }
    return latest;
  }

  /** Returns whether an erasure of that number was ever begun. */
  public static boolean isKnown(Connection c, String number) throws SQLException {
    return Sql.one(c, "SELECT 1 FROM erasure_certificate WHERE number = ?", row -> true, number)
        .orElse(false);
  }

  /**
   * Links the code to the certificate.
   *
   * @return false where the code is linked to another certificate
   */
  static boolean addCode(Connection c, ReceiptCode code, String number) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO erasure_code (hash, certificate) VALUES (?, ?) ON CONFLICT DO NOTHING",
        code.hash(),
        number);
    return ofCode(c, code).filter(number::equals).isPresent();
  }

  /** Returns the number of the certificate of a code. */
  public static Optional<String> ofCode(Connection c, ReceiptCode code) throws SQLException {
    return Sql.one(
        c,
        "SELECT certificate FROM erasure_code WHERE hash = ?",
        row -> row.getString(1),
        code.hash());
  }

  /** Returns the number of the certificate of an erasure by its entry in the log. */
  public static Optional<String> ofEntry(Connection c, long entry) throws SQLException {
    return Sql.one(
        c,
        "SELECT number FROM erasure_certificate WHERE entry = ?",
        row -> row.getString(1),
        entry);
  }

  /** Returns a certificate; empty until the customer's rows are deleted. */
  public static Optional<Row> find(Connection c, String number) throws SQLException {
    return Sql.one(
        c,
        "SELECT * FROM erasure_certificate WHERE number = ? AND rows_deleted IS NOT NULL",
        ErasureCertificates::row,
        number);
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString("number"),
        instant(row, "asked"),
        Optional.ofNullable(row.getString("key_print")),
        instant(row, "key_destroyed"),
        instant(row, "rows_deleted").orElseThrow(),
        counts(row.getString("deleted")),
        row.getLong("entry"),
        row.getString("leaf"),
        instant(row, "log_emptied"),
        instant(row, "graph_compacted"),
        instant(row, "file_rewritten"),
        Optional.ofNullable(row.getString("backup_retention")).map(Period::parse),
        row.getInt("every_recipient") != 0);
  }

  /** Reads a time that may be absent. */
  static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  private static SortedMap<String, Long> counts(String json) {
    try {
      return JSON.readValue(json, new TypeReference<TreeMap<String, Long>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The counts of an erasure are not JSON", e);
    }
  }
}
