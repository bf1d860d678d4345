package io.contextkeep.audit.verify;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.EntryGroup;
import io.contextkeep.audit.FormerLog;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.verify.TamperDrill.Attack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Attacks by someone who can write the database file but has none of the log's keys. */
final class DatabaseAttacks {
  private static final String VERIFIER = "the verifier";

  private final Path original;
  private final String seen;

  /** Returns whether there are private parts that could be destroyed. */
  private final boolean sealed;

  /** Returns whether entries are in the index, which a new log's are after a second. */
  private final boolean indexed;

  private final List<Attack> attacks = new ArrayList<>();

  private DatabaseAttacks(Path original, String seen, boolean sealed, boolean indexed) {
    this.original = original;
    this.seen = seen;
    this.sealed = sealed;
    this.indexed = indexed;
  }

  static List<Attack> all(Path original) throws IOException, SQLException {
    try (Connection connection = Connections.readOnly(original)) {
      Note newest =
          Checkpoints.latest(connection)
              .orElseThrow(() -> new IOException("the log has no checkpoint"));
      if (Checkpoint.parse(newest.text()).size() < 8) {
        throw new IOException("the drill needs a log of 8 entries at least");
      }
      if (StoredTiles.minimum(connection) > 0) {
        throw new IOException("the drill is for logs of which nothing was pruned");
      }
      if (FormerLog.isOf(connection)) {
        throw new IOException("the drill needs a log in today's form: start its vault once");
      }
      List<String> problems = LogVerifier.verify(connection).problems();
      if (!problems.isEmpty()) {
        throw new IOException("the log is not whole before the drill: " + problems);
      }
      return new DatabaseAttacks(
              original,
              newest.toString(),
              hasRows(connection, "SELECT 1 FROM audit_sealed LIMIT 1"),
              hasRows(connection, "SELECT 1 FROM audit_by_kind LIMIT 1"))
          .attacks();
    }
  }

  private static boolean hasRows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next();
    }
  }

  private List<Attack> attacks() {
    attackLeaves("change an entry", leaves -> leaves.set(3, changed(leaves.get(3))));
    attackLeaves("delete an entry", leaves -> leaves.remove(3));
    attackLeaves("swap two entries", leaves -> Collections.swap(leaves, 3, 4));
    attack(
        "insert an entry",
        "INSERT INTO audit_group SELECT first + entries, entries, time, leaves FROM audit_group"
            + " WHERE first = (SELECT max(first) FROM audit_group)");
    attack(
        "cut off the newest entry",
        "DELETE FROM audit_group WHERE first = (SELECT max(first) FROM audit_group)");
    attack("forget a checkpoint", "DELETE FROM audit_checkpoint WHERE size = " + NEWEST);
    if (indexed) {
      attack(
          "change the rows by which an entry is found", "UPDATE audit_by_kind SET kind = kind + 1");
      attack(
          "change the rows by which entries are counted",
          "UPDATE audit_tally SET entries = entries - 1");
    }
    attack(
        "add a private part where there was none",
        "INSERT INTO audit_sealed SELECT max(first) + 64, 1, zeroblob(20) FROM audit_group");
    if (sealed) {
      attack(
          "destroy a private part without an erasure",
          "DELETE FROM audit_sealed WHERE first = (SELECT max(first) FROM audit_sealed)");
    }
    attack("sign the newest checkpoint with another key", VERIFIER, DatabaseAttacks::signAnew);
    attack(
        "put the log back to an older state",
        "a reader who kept a checkpoint, and the file that the vault keeps",
        DatabaseAttacks::putBack);
    return attacks;
  }

  private static final String NEWEST = "(SELECT max(size) FROM audit_checkpoint)";

  /** A change of the copy that is attacked. */
  private interface Change {
    void make(Connection copy) throws SQLException;
  }

  private void attack(String what, String finder, Change change) {
    attacks.add(
        new Attack(
            what,
            finder,
            directory -> {
              try (Connection copy = copy(directory)) {
                change.make(copy);
                return problem(copy);
              }
            }));
  }

  private void attack(String what, String... sql) {
    attack(what, VERIFIER, copy -> execute(copy, sql));
  }

  /** Adds an attack on the leaves of the first groups. */
  private void attackLeaves(String what, Consumer<List<byte[]>> change) {
    attack(what, VERIFIER, copy -> rewrite(copy, change));
  }

  private static byte[] changed(byte[] leaf) {
    return new String(leaf, StandardCharsets.UTF_8)
        .replace("\"v\":1", "\"v\":2")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Writes the groups of the first entries again; the last of them takes what is left. */
  private static void rewrite(Connection copy, Consumer<List<byte[]>> change) throws SQLException {
    List<Long> groups = new ArrayList<>();
    List<byte[]> leaves = new ArrayList<>();
    try (Statement statement = copy.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT first, leaves FROM audit_group WHERE first <= 4 ORDER BY first")) {
      while (rows.next()) {
        groups.add(rows.getLong(1));
        leaves.addAll(EntryGroup.leaves(rows.getBytes(2)));
      }
    }
    change.accept(leaves);
    for (int i = 0; i < groups.size(); i++) {
      boolean last = i == groups.size() - 1;
      int from = groups.get(i).intValue();
      write(copy, from, leaves.subList(from, last ? leaves.size() : groups.get(i + 1).intValue()));
    }
  }

  private static void write(Connection copy, long first, List<byte[]> leaves) throws SQLException {
    try (PreparedStatement update =
        copy.prepareStatement("UPDATE audit_group SET entries = ?, leaves = ? WHERE first = ?")) {
      update.setInt(1, leaves.size());
      update.setBytes(2, EntryGroup.bundle(leaves));
      update.setLong(3, first);
      update.executeUpdate();
    }
  }

  private static void signAnew(Connection copy) throws SQLException {
    Note newest = Checkpoints.latest(copy).orElseThrow();
    String origin = Checkpoint.parse(newest.text()).origin();
    Note forged = Note.sign(newest.text(), List.of(SignerKey.ed25519(origin, new byte[32])));
    try (PreparedStatement update =
        copy.prepareStatement("UPDATE audit_checkpoint SET note = ? WHERE size = " + NEWEST)) {
      update.setString(1, forged.toString());
      update.executeUpdate();
    }
  }

  private static void putBack(Connection copy) throws SQLException {
    execute(
        copy,
        "DELETE FROM audit_cosignature WHERE size = " + NEWEST,
        "DELETE FROM audit_checkpoint WHERE size = " + NEWEST,
        "DELETE FROM audit_group WHERE first >= " + NEWEST,
        "DELETE FROM audit_sealed WHERE first >= " + NEWEST,
        "DELETE FROM audit_by_customer WHERE idx >= " + NEWEST,
        "DELETE FROM audit_by_request WHERE idx >= " + NEWEST,
        "DELETE FROM audit_by_kind WHERE idx >= " + NEWEST,
        "UPDATE audit_state SET indexed = min(indexed, " + NEWEST + ")",
        "DELETE FROM audit_tally",
        "INSERT INTO audit_tally SELECT time / 3600000, kind, count(*) FROM audit_by_kind GROUP"
            + " BY 1, 2",
        "DELETE FROM audit_tile WHERE idx >= " + NEWEST + " / 256",
        "DELETE FROM audit_node WHERE (idx + 1) << (8 * level) > " + NEWEST);
  }

  /** Returns the first fault that the verifier finds, given the original's newest checkpoint. */
  private Optional<String> problem(Connection copy) throws SQLException {
    Trust trust = new Trust(List.of(), Optional.empty(), Optional.of(seen));
    return LogCheck.check("copy", copy, trust, done -> {}).problems().stream().findFirst();
  }

  private Connection copy(Path directory) throws SQLException {
    Path copy = directory.resolve("copy.db");
    try (Connection connection = Connections.readOnly(original)) {
      connection.setAutoCommit(true);
      try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
        vacuum.setString(1, copy.toString());
        vacuum.executeUpdate();
      }
    }
    return Connections.toCopy(copy);
  }

  private static void execute(Connection copy, String... statements) throws SQLException {
    try (Statement statement = copy.createStatement()) {
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    }
  }
}
