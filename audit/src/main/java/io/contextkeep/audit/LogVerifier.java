package io.contextkeep.audit;

import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.tree.Frontier;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.MissingTile;
import io.contextkeep.audit.tree.TilePath;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Checks a whole log in its database: {@link Replay} for what everybody can check, and what only
 * the database can show: no gap, stored tiles that are the tree's, search columns that say what the
 * leaves say, and every missing private part accounted for by an erasure.
 *
 * <p>A log can be checked step by step, each step in a snapshot of its own, so that no long check
 * keeps an old state of the database alive. The last step sees the end of the log and everything
 * that must be of one moment.
 *
 * <p>A file alone cannot show that its newest entries were cut off together with their checkpoints.
 * Only a checkpoint kept elsewhere shows that.
 */
public final class LogVerifier {
  private static final int STEP = 1_000;

  private static final String ENTRIES =
      "SELECT "
          + AuditRow.COLUMNS
          + """
          , l.kind, l.request, p.idx
          FROM audit_leaf l LEFT JOIN audit_private p ON p.idx = l.idx
          WHERE l.idx >= ? ORDER BY l.idx LIMIT ?\
          """;

  /** The result: the size and root computed from the bytes, and all faults. */
  public record Verification(long size, String root, List<String> problems) {
    public Verification {
      problems = List.copyOf(problems);
    }

    public boolean whole() {
      return problems.isEmpty();
    }
  }

  private final Map<Long, Kind> kinds = new HashMap<>();
  private final Map<Kinds.Tally, Long> counted = new HashMap<>();
  private final List<VerifierKey> keys;
  private Replay replay;
  private long minimum;
  private boolean covered = true;

  private LogVerifier(List<VerifierKey> keys, long minimum) {
    this.keys = keys;
    this.minimum = minimum;
    this.replay = new Replay(keys);
  }

  /** Creates a verifier at the start of the log. */
  public static LogVerifier begin(Connection c) throws SQLException {
    return new LogVerifier(vkeys(c), Pruning.minimum(c));
  }

  /** Checks the whole log in one step. */
  public static Verification verify(Connection c) throws SQLException {
    LogVerifier verifier = begin(c);
    verifier.step(c, Integer.MAX_VALUE);
    return verifier.found();
  }

  /**
   * Checks the log and returns the result.
   *
   * @param progress gets the number of checked entries
   */
  public static Replay replay(Connection c, LongConsumer progress) throws SQLException {
    LogVerifier verifier = begin(c);
    while (!verifier.step(c, STEP)) {
      progress.accept(verifier.replay.size());
    }
    progress.accept(verifier.replay.size());
    return verifier.replay;
  }

  /** Returns the number of checked entries. */
  public long size() {
    return replay.size();
  }

  /** Returns the result so far. */
  public Verification found() {
    return new Verification(
        replay.size(), HexFormat.of().formatHex(replay.root()), replay.problems());
  }

  /**
   * Checks the next entries, in one snapshot.
   *
   * @param entries the most entries
   * @return whether that was the end of the log, and everything is checked
   */
  public boolean step(Connection c, int entries) throws SQLException {
    long pruned = Pruning.minimum(c);
    if (pruned != minimum) {
      beginAnew(pruned);
    }
    try (Checkpoints.Cursor checkpoints = Checkpoints.after(c, replay.size())) {
      int done = 0;
      while (done < entries && replay.size() < minimum) {
        done += pruned(c, checkpoints);
      }
      return done < entries && !entries(c, entries - done, checkpoints);
    }
  }

  /** Skips entries that were pruned since the last step, which the log now counts itself. */
  private void beginAnew(long pruned) {
    replay = new Replay(keys);
    counted.clear();
    covered = true;
    minimum = pruned;
  }

  /** Checks the rest of the next, pruned tile; returns its number of entries. */
  private int pruned(Connection c, Checkpoints.Cursor checkpoints) throws SQLException {
    long tile = replay.size() / TilePath.FULL;
    byte[] hashes;
    try {
      hashes = new StoredTiles(c).hashes(0, tile, TilePath.FULL);
    } catch (MissingTile missing) {
      replay.problem(missing.path() + " is missing");
      hashes = new byte[TilePath.FULL * Hashes.LENGTH];
    }
    Pruning.Rest rest = Pruning.rest(c, tile);
    for (int i = 0; i < TilePath.FULL; i++) {
      long index = tile * TilePath.FULL + i;
      if (rest.kept().containsKey(index)) {
        checkKept(c, index);
      } else {
        replay.pruned(
            Arrays.copyOfRange(hashes, i * Hashes.LENGTH, (i + 1) * Hashes.LENGTH),
            Pruning.split(rest.labels().getOrDefault(index, new byte[0])),
            new Comparison(c));
      }
      checkpoint(checkpoints);
    }
    return TilePath.FULL;
  }

  private void checkKept(Connection c, long index) throws SQLException {
    try (PreparedStatement select = c.prepareStatement(ENTRIES)) {
      select.setLong(1, index);
      select.setInt(2, 1);
      try (ResultSet rows = select.executeQuery()) {
        if (rows.next()) {
          check(c, AuditRow.of(rows), rows);
        }
      }
    }
  }

  /** Checks the next entries; returns whether there are more. */
  private boolean entries(Connection c, int most, Checkpoints.Cursor checkpoints)
      throws SQLException {
    int checked = 0;
    try (PreparedStatement select = c.prepareStatement(ENTRIES)) {
      select.setLong(1, replay.size());
      select.setInt(2, most);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          AuditRow row = AuditRow.of(rows);
          if (row.index() != replay.size()) {
            replay.problem("entry " + replay.size() + " is missing");
            return false;
          }
          check(c, row, rows);
          checkpoint(checkpoints);
          checked++;
        }
      }
    }
    if (checked < most) {
      end(c, checkpoints.size());
    }
    return checked == most;
  }

  private void checkpoint(Checkpoints.Cursor checkpoints) throws SQLException {
    covered = checkpoints.size() == replay.size();
    if (covered) {
      replay.checkpoint(checkpoints.next());
    }
  }

  private void check(Connection c, AuditRow row, ResultSet rows) throws SQLException {
    Kind kind = kind(c, rows.getLong(5));
    if (row.time() != row.number("time")
        || !row.type().equals(row.word("type"))
        || !kind.equals(Kind.of(row.json()))
        || !rows.getString(6).equals(row.word("request"))) {
      replay.problem("the search columns of entry " + row.index() + " are not its leaf's");
    }
    boolean hasPrivatePart = rows.getObject(7) != null;
    if (hasPrivatePart && row.word("commit").isEmpty()) {
      replay.problem("entry " + row.index() + " has a private part that it does not commit to");
    }
    counted.merge(new Kinds.Tally(row.time() / Kinds.HOUR, rows.getLong(5)), 1L, Long::sum);
    replay.entry(rows.getBytes(4), new Comparison(c));
  }

  private Kind kind(Connection c, long number) throws SQLException {
    Kind known = kinds.get(number);
    if (known == null) {
      try (PreparedStatement select =
          c.prepareStatement("SELECT " + Kind.COLUMNS + " FROM audit_kind WHERE id = ?")) {
        select.setLong(1, number);
        try (ResultSet row = select.executeQuery()) {
          known = row.next() ? Kind.of(row, 1) : new Kind("", "", "", "", "", "", "", "");
        }
      }
      kinds.put(number, known);
    }
    return known;
  }

  private void end(Connection c, long nextCheckpoint) throws SQLException {
    if (nextCheckpoint >= 0) {
      replay.problem("the log was cut: it once had size " + nextCheckpoint);
    }
    if (!covered) {
      replay.problem("no checkpoint covers the last entry");
    }
    replay.end();
    replay.checkAccounts(LogNumber.of(c, "SELECT count(*) FROM audit_private"));
    checkTallies(c);
    checkPrivateRows(c);
  }

  /** Checks the counts; a false one would hide entries from summaries. */
  private void checkTallies(Connection c) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement("SELECT hour, kind, entries FROM audit_tally");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        Kinds.Tally tally = new Kinds.Tally(rows.getLong(1), rows.getLong(2));
        if (counted.getOrDefault(tally, 0L) != rows.getLong(3)) {
          replay.problem("the count of entries of kind " + tally.kind() + " in an hour is false");
        }
        counted.remove(tally);
      }
    }
    if (!counted.isEmpty()) {
      replay.problem("the counts of " + counted.size() + " kinds and hours are missing");
    }
  }

  /** Checks the tiles; a false one would give false proofs. */
  private final class Comparison implements Frontier.Completed<SQLException> {
    private final Connection connection;

    Comparison(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void tile(long index, byte[] hashes) throws SQLException {
      compare(
          new TilePath(0, index, TilePath.FULL),
          hashes,
          "SELECT hashes FROM audit_tile WHERE idx = ?",
          index);
    }

    @Override
    public void node(int level, long index, byte[] hash) throws SQLException {
      compare(
          new TilePath(level, index / TilePath.FULL, TilePath.FULL),
          hash,
          "SELECT hash FROM audit_node WHERE level = ? AND idx = ?",
          level,
          index);
    }

    private void compare(TilePath path, byte[] expected, String sql, long... place)
        throws SQLException {
      try (PreparedStatement select = connection.prepareStatement(sql)) {
        for (int i = 0; i < place.length; i++) {
          select.setLong(i + 1, place[i]);
        }
        try (ResultSet row = select.executeQuery()) {
          if (!row.next() || !Arrays.equals(expected, row.getBytes(1))) {
            replay.problem("the stored " + path + " is not what the entries make");
          }
        }
      }
    }
  }

  /** Returns the stored keys, which are valid only if entries name them. */
  public static List<VerifierKey> vkeys(Connection c) throws SQLException {
    List<VerifierKey> keys = new ArrayList<>();
    try (PreparedStatement select = c.prepareStatement("SELECT vkey FROM audit_vkey");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        keys.add(VerifierKey.parse(rows.getString(1)));
      }
    } catch (MalformedNote altered) {
      // Where signatures of that key are needed, their absence is reported.
    }
    return keys;
  }

  /** Checks for extra rows, which would hide a destroyed one in the count. */
  private void checkPrivateRows(Connection c) throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement("SELECT idx FROM audit_private WHERE idx < 0 OR idx >= ?")) {
      select.setLong(1, replay.size());
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          replay.problem(
              "there is a private part for entry " + rows.getLong(1) + ", which has none");
        }
      }
    }
    try (PreparedStatement select =
            c.prepareStatement(
                "SELECT 1 FROM audit_private p LEFT JOIN audit_pruned_subject s ON s.subject ="
                    + " p.subject GROUP BY p.subject HAVING min(p.n) <> coalesce(max(s.n) + 1, 0)"
                    + " OR max(p.n) - min(p.n) + 1 <> count(*)");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        replay.problem("the entries about one customer have a gap");
      }
    }
  }
}
