package io.contextkeep.audit;

import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.tree.Frontier;
import io.contextkeep.audit.tree.TilePath;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Checks a whole log in its database: {@link Replay} for what everybody can check, and what only
 * the database can show: no gap, stored tiles that are the tree's, search columns that say what the
 * leaves say, and every missing private part accounted for by an erasure.
 *
 * <p>What a file cannot show of itself: a cut that took the newest entries and their checkpoints
 * together. Only a checkpoint kept elsewhere shows it.
 */
public final class LogVerifier {
  /** What was found: the size and root that the bytes make, and everything that is wrong. */
  public record Verification(long size, String root, List<String> problems) {
    public Verification {
      problems = List.copyOf(problems);
    }

    public boolean whole() {
      return problems.isEmpty();
    }
  }

  private final Connection connection;
  private final Replay replay;
  private final LongConsumer progress;

  private LogVerifier(Connection connection, Replay replay, LongConsumer progress) {
    this.connection = connection;
    this.replay = replay;
    this.progress = progress;
  }

  public static Verification verify(Connection c) throws SQLException {
    Replay replay = replay(c, done -> {});
    return new Verification(
        replay.size(), HexFormat.of().formatHex(replay.root()), replay.problems());
  }

  /**
   * Checks the log and gives all that was found out about it.
   *
   * @param progress told how many entries are done
   */
  public static Replay replay(Connection c, LongConsumer progress) throws SQLException {
    Replay replay = new Replay(vkeys(c));
    new LogVerifier(c, replay, progress).run();
    return replay;
  }

  private void run() throws SQLException {
    boolean covered = true;
    try (Checkpoints.Cursor checkpoints = Checkpoints.all(connection);
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT " + AuditRow.COLUMNS + " FROM audit_leaf l ORDER BY l.idx");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        AuditRow row = AuditRow.of(rows);
        if (row.index() != replay.size()) {
          replay.problem("entry " + replay.size() + " is missing");
          return;
        }
        if (!columnsMatch(row)) {
          replay.problem("the search columns of entry " + row.index() + " are not its leaf's");
        }
        replay.entry(rows.getBytes(8), new Comparison());
        covered = checkpoints.size() == replay.size();
        if (covered) {
          replay.checkpoint(checkpoints.next());
        }
        progress.accept(replay.size());
      }
      if (checkpoints.size() >= 0) {
        replay.problem("the log was cut: it once had size " + checkpoints.size());
      }
    }
    if (!covered) {
      replay.problem("no checkpoint covers the last entry");
    }
    replay.end();
    replay.checkAccounts(number("SELECT count(*) FROM audit_private"));
    misplaced();
  }

  /** Tiles are what proofs are made of: a false one would serve false proofs. */
  private final class Comparison implements Frontier.Completed<SQLException> {
    @Override
    public void tile(long index, byte[] hashes) throws SQLException {
      compare(
          new TilePath(0, index, TilePath.FULL),
          hashes,
          "SELECT hashes FROM audit_tile WHERE idx = " + index);
    }

    @Override
    public void node(int level, long index, byte[] hash) throws SQLException {
      compare(
          new TilePath(level, index / TilePath.FULL, TilePath.FULL),
          hash,
          "SELECT hash FROM audit_node WHERE level = " + level + " AND idx = " + index);
    }

    private void compare(TilePath path, byte[] expected, String sql) throws SQLException {
      try (PreparedStatement select = connection.prepareStatement(sql);
          ResultSet row = select.executeQuery()) {
        if (!row.next() || !Arrays.equals(expected, row.getBytes(1))) {
          replay.problem("the stored " + path + " is not what the entries make");
        }
      }
    }
  }

  /** The keys that the log wrote down; they count only as far as its entries name them. */
  public static List<VerifierKey> vkeys(Connection c) throws SQLException {
    List<VerifierKey> keys = new ArrayList<>();
    try (PreparedStatement select = c.prepareStatement("SELECT vkey FROM audit_vkey");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        keys.add(VerifierKey.parse(rows.getString(1)));
      }
    } catch (MalformedNote altered) {
      // The signatures that it would verify are missed where they are needed.
    }
    return keys;
  }

  private long number(String sql) throws SQLException {
    try (PreparedStatement count = connection.prepareStatement(sql);
        ResultSet row = count.executeQuery()) {
      return row.getLong(1);
    }
  }

  /** Columns are not hashed: an edit of one would hide an entry from every search. */
  private static boolean columnsMatch(AuditRow row) {
    return row.time() == Leaf.number(row.json(), "time")
        && row.type().equals(Leaf.word(row.json(), "type"))
        && row.actor().equals(Leaf.word(row.json(), "actor"))
        && row.purpose().equals(Leaf.word(row.json(), "purpose"))
        && row.decision().equals(Leaf.word(row.json(), "decision"))
        && row.policy().equals(Leaf.word(row.json(), "policy"));
  }

  /** A row put where none belongs would make up, in the count, for one that was destroyed. */
  private void misplaced() throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT p.idx FROM audit_private p LEFT JOIN audit_leaf l ON l.idx = p.idx"
                    + " WHERE l.idx IS NULL OR instr(CAST(l.bytes AS TEXT), '\"commit\":\"') = 0");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        replay.problem(
            "entry " + rows.getLong(1) + " has a private part that it does not commit to");
      }
    }
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT 1 FROM audit_private GROUP BY subject"
                    + " HAVING min(n) <> 0 OR max(n) + 1 <> count(*)");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        replay.problem("the entries about one customer have a gap");
      }
    }
  }
}
