package io.contextkeep.vault.graph;

import io.contextkeep.vault.db.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The progress of a graph. It is stored in the database after the graph is on disk, and before that
 * as a line of text beside the graph.
 *
 * @param graph a random number that identifies the graph
 * @param consents the last consent event in it
 * @param batches the last batch in it
 * @param releases the last release in it
 * @param removals the last removal in it
 * @param accesses the last hour whose accesses are in it
 * @param writes the number of writes since its files were compacted
 */
record Progress(
    long graph,
    long consents,
    long batches,
    long releases,
    long removals,
    long accesses,
    int writes) {
  private static final Pattern TEXT =
      Pattern.compile(
          "graph (\\d{1,19}) consents (\\d{1,18}) batches (\\d{1,18}) releases (\\d{1,18})"
              + " removals (\\d{1,18}) accesses (\\d{1,18}) writes (\\d{1,9})\n");

  static Optional<Progress> load(Connection c) throws SQLException {
    return Sql.one(
        c,
        "SELECT graph, consents, batches, releases, removals, accesses, writes FROM projection",
        row ->
            new Progress(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getInt(7)));
  }

  /** Makes this the graph that the database projects into. */
  void begin(Connection c) throws SQLException {
    Sql.update(
        c,
        """
        INSERT INTO projection (
          id, graph, consents, batches, releases, removals, accesses, writes)
        VALUES (1, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET graph = excluded.graph, consents = excluded.consents,
          batches = excluded.batches, releases = excluded.releases, removals = excluded.removals,
          accesses = excluded.accesses, writes = excluded.writes\
        """,
        graph,
        consents,
        batches,
        releases,
        removals,
        accesses,
        writes);
  }

  /** Stores the progress; returns false if the database now projects into another graph. */
  boolean store(Connection c) throws SQLException {
    return 1
        == Sql.update(
            c,
            "UPDATE projection SET consents = ?, batches = ?, releases = ?, removals = ?,"
                + " accesses = ?, writes = ? WHERE graph = ?",
            consents,
            batches,
            releases,
            removals,
            accesses,
            writes,
            graph);
  }

  /** Returns the progress of the same graph, perhaps written once more. */
  Progress reaching(Newest reached, boolean writing) {
    return new Progress(
        graph,
        reached.consents(),
        reached.batches(),
        reached.releases(),
        reached.removals(),
        reached.accesses(),
        writing ? writes + 1 : writes);
  }

  Progress compacted() {
    return new Progress(graph, consents, batches, releases, removals, accesses, 0);
  }

  String text() {
    return "graph %d consents %d batches %d releases %d removals %d accesses %d writes %d\n"
        .formatted(graph, consents, batches, releases, removals, accesses, writes);
  }

  /** Parses what {@link #text} writes; returns empty for any other text. */
  static Optional<Progress> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    return parts.matches()
        ? Optional.of(
            new Progress(
                Long.parseLong(parts.group(1)),
                Long.parseLong(parts.group(2)),
                Long.parseLong(parts.group(3)),
                Long.parseLong(parts.group(4)),
                Long.parseLong(parts.group(5)),
                Long.parseLong(parts.group(6)),
                Integer.parseInt(parts.group(7))))
        : Optional.empty();
  }
}
