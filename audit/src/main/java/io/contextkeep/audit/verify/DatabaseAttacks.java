package io.contextkeep.audit.verify;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.verify.TamperDrill.Attack;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attacks by someone who can write the database file but has none of the log's keys. */
final class DatabaseAttacks {
  private static final String VERIFIER = "the verifier";

  private final Path original;
  private final String seen;

  /** Returns whether there are private parts that could be destroyed. */
  private final boolean sealed;

  private final List<Attack> attacks = new ArrayList<>();

  private DatabaseAttacks(Path original, String seen, boolean sealed) {
    this.original = original;
    this.seen = seen;
    this.sealed = sealed;
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
      List<String> problems = LogVerifier.verify(connection).problems();
      if (!problems.isEmpty()) {
        throw new IOException("the log is not whole before the drill: " + problems);
      }
      return new DatabaseAttacks(original, newest.toString(), hasPrivateParts(connection))
          .attacks();
    }
  }

  private static boolean hasPrivateParts(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 1 FROM audit_private LIMIT 1")) {
      return row.next();
    }
  }

  private List<Attack> attacks() {
    attack(
        "change an entry",
        "UPDATE audit_leaf SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"v\":1', '\"v\":2')"
            + " AS BLOB) WHERE idx = 3");
    attack("delete an entry", "DELETE FROM audit_leaf WHERE idx = 3");
    attack(
        "swap two entries",
        "UPDATE audit_leaf SET idx = -1 WHERE idx = 3",
        "UPDATE audit_leaf SET idx = 3 WHERE idx = 4",
        "UPDATE audit_leaf SET idx = 4 WHERE idx = -1");
    attack(
        "insert an entry",
        "INSERT INTO audit_leaf SELECT max(idx) + 1, time, type, kind, request, bytes"
            + " FROM audit_leaf");
    attack(
        "cut off the newest entry",
        "DELETE FROM audit_leaf WHERE idx = (SELECT max(idx) FROM audit_leaf)");
    attack("forget a checkpoint", "DELETE FROM audit_checkpoint WHERE size = " + NEWEST);
    attack(
        "change the columns by which an entry is found",
        "UPDATE audit_leaf SET kind = kind + 1 WHERE idx = 3");
    attack(
        "change the columns by which entries are counted",
        "UPDATE audit_tally SET entries = entries - 1");
    attack(
        "add a private part where there was none",
        "INSERT INTO audit_private VALUES ((SELECT max(idx) + 1 FROM audit_leaf), 1, 0, x'00')");
    if (sealed) {
      attack(
          "destroy a private part without an erasure",
          "DELETE FROM audit_private WHERE idx = (SELECT max(idx) FROM audit_private)");
    }
    attacks.add(
        new Attack("sign the newest checkpoint with another key", VERIFIER, this::signedAnew));
    attacks.add(
        new Attack(
            "put the log back to an older state",
            "a reader who kept a checkpoint, and the file that the vault keeps",
            this::putBack));
    return attacks;
  }

  private static final String NEWEST = "(SELECT max(size) FROM audit_checkpoint)";

  private void attack(String what, String... sql) {
    attacks.add(
        new Attack(
            what,
            VERIFIER,
            directory -> {
              try (Connection copy = copy(directory)) {
                execute(copy, sql);
                return problem(copy);
              }
            }));
  }

  private Optional<String> signedAnew(Path directory) throws IOException, SQLException {
    try (Connection copy = copy(directory)) {
      Note newest = Checkpoints.latest(copy).orElseThrow();
      String origin = Checkpoint.parse(newest.text()).origin();
      Note forged = Note.sign(newest.text(), List.of(SignerKey.ed25519(origin, new byte[32])));
      try (PreparedStatement update =
          copy.prepareStatement("UPDATE audit_checkpoint SET note = ? WHERE size = " + NEWEST)) {
        update.setString(1, forged.toString());
        update.executeUpdate();
      }
      return problem(copy);
    }
  }

  private Optional<String> putBack(Path directory) throws IOException, SQLException {
    try (Connection copy = copy(directory)) {
      execute(
          copy,
          "DELETE FROM audit_cosignature WHERE size = " + NEWEST,
          "DELETE FROM audit_checkpoint WHERE size = " + NEWEST,
          "DELETE FROM audit_leaf WHERE idx >= " + NEWEST,
          "DELETE FROM audit_private WHERE idx >= " + NEWEST,
          "DELETE FROM audit_tally",
          "INSERT INTO audit_tally SELECT time / 3600000, kind, count(*) FROM audit_leaf GROUP BY"
              + " 1, 2",
          "DELETE FROM audit_tile WHERE idx >= " + NEWEST + " / 256",
          "DELETE FROM audit_node WHERE (idx + 1) << (8 * level) > " + NEWEST);
      return problem(copy);
    }
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
