package io.contextkeep.vault.provenance;

import io.contextkeep.ontology.BatchDerivation;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.IngestBatch;
import io.contextkeep.vault.context.DerivationInput;
import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The batches of sources. A batch is found by its idempotency key, so one that is sent twice is
 * written once.
 */
public final class Batches {

  /** An earlier batch: the hash of its body and its report. */
  public record Earlier(byte[] body, String report) {}

  /**
   * A batch to record.
   *
   * @param key the blinded idempotency key
   * @param body the hash of the request's body
   * @param kept the number of kept lines of each category, without categories that have none
   * @param report the answer
   */
  public record Entry(
      String id,
      String source,
      byte[] key,
      byte[] body,
      Instant started,
      Instant ended,
      SortedMap<DataCategory, Integer> kept,
      String report) {}

  public Optional<Earlier> earlier(Connection c, String source, byte[] key) throws SQLException {
    return Sql.one(
        c,
        "SELECT body, report FROM batch WHERE source = ? AND key = ?",
        row -> new Earlier(row.getBytes(1), row.getString(2)),
        source,
        key);
  }

  public void add(Connection c, Entry batch) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO batch (id, source, key, body, started, ended, categories, kept, report)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)\
        """,
        batch.id(),
        batch.source(),
        batch.key(),
        batch.body(),
        batch.started().toEpochMilli(),
        batch.ended().toEpochMilli(),
        text(batch.kept()),
        batch.kept().values().stream().mapToInt(Integer::intValue).sum(),
        batch.report());
  }

  /** The time in which a batch was written. */
  public record Times(Instant started, Instant ended) {}

  /** Returns when a batch was written; empty if there is none of this id. */
  public static Optional<Times> times(Connection c, String id) throws SQLException {
    return Sql.one(
        c,
        "SELECT started, ended FROM batch WHERE id = ?",
        row ->
            new Times(Instant.ofEpochMilli(row.getLong(1)), Instant.ofEpochMilli(row.getLong(2))),
        id);
  }

  /** Returns the batches after a cursor, in order, for the graph's projection. */
  public List<IngestBatch> after(Connection c, long cursor, int limit) throws SQLException {
    List<IngestBatch> batches =
        Sql.query(
            c,
            """
            SELECT seq, id, source, started, ended, categories FROM batch
            WHERE seq > ? ORDER BY seq LIMIT ?\
            """,
            Batches::batch,
            cursor,
            limit);
    List<IngestBatch> all = new ArrayList<>();
    for (IngestBatch batch : batches) {
      all.add(batch.with(derived(c, batch.id())));
    }
    return all;
  }

  private static List<BatchDerivation> derived(Connection c, String batch) throws SQLException {
    record Made(String category, String kind, String rule, int count) {}
    List<BatchDerivation> derived = new ArrayList<>();
    for (Made made :
        Sql.query(
            c,
            "SELECT category, kind, rule, count FROM batch_derived WHERE batch = ?",
            row -> new Made(row.getString(1), row.getString(2), row.getString(3), row.getInt(4)),
            batch)) {
      derived.add(
          new BatchDerivation(
              category(made.category()),
              Derived.Kind.valueOf(made.kind()) == Derived.Kind.INFERRED,
              made.rule(),
              made.count(),
              Sql.query(
                  c,
                  """
                  SELECT input, input_category FROM batch_derivation
                  WHERE batch = ? AND category = ? AND kind = ? AND rule = ?\
                  """,
                  row -> new BatchDerivation.Input(row.getString(1), category(row.getString(2))),
                  batch,
                  made.category(),
                  made.kind(),
                  made.rule())));
    }
    return derived;
  }

  private static DataCategory category(String curie) {
    return DataCategory.parse(curie).orElseThrow();
  }

  /**
   * Records that a value of a batch was derived. The customer's own values belong to no batch and
   * are left out.
   */
  public static void derived(
      Connection c,
      String batch,
      DataCategory category,
      Derived derived,
      List<DerivationInput> inputs)
      throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO batch_derived (batch, category, kind, rule, count) VALUES (?, ?, ?, ?, 1)
        ON CONFLICT (batch, category, kind, rule)
          DO UPDATE SET count = batch_derived.count + 1\
        """,
        batch,
        category.curie(),
        derived.kind().name(),
        derived.rule());
    for (DerivationInput input : inputs) {
      if (!input.source().equals(Customers.SOURCE)) {
        Sql.update(
            c,
            """
            INSERT INTO batch_derivation (batch, category, kind, rule, input, input_category)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
            """,
            batch,
            category.curie(),
            derived.kind().name(),
            derived.rule(),
            input.batch(),
            input.attribute().category().curie());
      }
    }
  }

  /** Returns the batches after a cursor that ended within a period, in order. */
  public List<IngestBatch> ended(Connection c, Instant from, Instant until, long cursor, int limit)
      throws SQLException {
    return Sql.query(
        c,
        """
        SELECT seq, id, source, started, ended, categories FROM batch
        WHERE seq > ? AND ended >= ? AND ended < ? ORDER BY seq LIMIT ?\
        """,
        Batches::batch,
        cursor,
        from.toEpochMilli(),
        until.toEpochMilli(),
        limit);
  }

  /** Returns the number of the last batch. */
  public long newest(Connection c) throws SQLException {
    return Sql.one(c, "SELECT coalesce(max(seq), 0) FROM batch", row -> row.getLong(1))
        .orElseThrow();
  }

  private static IngestBatch batch(ResultSet row) throws SQLException {
    return new IngestBatch(
        row.getLong("seq"),
        row.getString("id"),
        row.getString("source"),
        Instant.ofEpochMilli(row.getLong("started")),
        Instant.ofEpochMilli(row.getLong("ended")),
        kept(row.getString("categories")));
  }

  /** Returns counts as text, such as {@code pd:Country=2 pd:Purchase=40}. */
  static String text(Map<DataCategory, Integer> kept) {
    return kept.entrySet().stream()
        .map(entry -> entry.getKey().curie() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  static SortedMap<DataCategory, Integer> kept(String text) {
    SortedMap<DataCategory, Integer> kept = new TreeMap<>();
    for (String entry : text.isEmpty() ? new String[0] : text.split(" ")) {
      int equals = entry.indexOf('=');
      kept.put(
          DataCategory.parse(entry.substring(0, equals)).orElseThrow(),
          Integer.valueOf(entry.substring(equals + 1)));
    }
    return kept;
  }
}
