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
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Checks a whole log in its database: {@link Replay} for what everybody can check, and what only
 * the database can show: no gap, stored tiles that are the tree's, an index that finds every entry
 * by what its leaf says, and every missing private part accounted for by an erasure.
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

  private static final String GROUPS =
      """
      SELECT g.first, g.entries, g.time, g.leaves, s.present, s.parts
      FROM audit_group g LEFT JOIN audit_sealed s ON s.first = g.first
      WHERE g.first >= ? ORDER BY g.first\
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

  private final List<VerifierKey> keys;
  private final Map<String, Long> last = new HashMap<>();
  private Replay replay;
  private IndexCheck found;
  private long minimum;
  private boolean covered = true;

  private LogVerifier(List<VerifierKey> keys, long minimum) {
    this.keys = keys;
    this.minimum = minimum;
    this.replay = new Replay(keys);
    this.found = new IndexCheck(replay);
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
    found.begin(c);
    try (Checkpoints.Cursor checkpoints = Checkpoints.after(c, replay.size())) {
      int done = 0;
      while (done < entries && replay.size() < minimum) {
        done += pruned(c, checkpoints);
      }
      return done < entries && !entries(c, entries - done, checkpoints);
    } finally {
      found.pause();
    }
  }

  /** Skips entries that were pruned since the last step, which the log now counts itself. */
  private void beginAnew(long pruned) {
    replay = new Replay(keys);
    found = new IndexCheck(replay);
    last.clear();
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
        check(c, index, rest.kept().get(index), Optional.empty());
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

  /** Checks the next groups of entries; returns whether there are more. */
  private boolean entries(Connection c, int most, Checkpoints.Cursor checkpoints)
      throws SQLException {
    long from = replay.size();
    try (PreparedStatement select = c.prepareStatement(GROUPS)) {
      select.setLong(1, from);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          if (rows.getLong(1) != replay.size()) {
            replay.problem("entry " + replay.size() + " is missing");
            return false;
          }
          group(c, rows, checkpoints);
          if (replay.size() - from >= most) {
            return true;
          }
        }
      }
    }
    end(c, checkpoints.size());
    return false;
  }

  private void group(Connection c, ResultSet row, Checkpoints.Cursor checkpoints)
      throws SQLException {
    long first = row.getLong(1);
    List<byte[]> leaves = EntryGroup.leaves(row.getBytes(4));
    if (leaves.size() != row.getInt(2) || leaves.isEmpty()) {
      replay.problem("the group of entries at " + first + " is damaged");
    } else if (row.getLong(3) != Leaf.time(Leaf.text(leaves.getFirst()))) {
      replay.problem("the group of entries at " + first + " is found by a false time");
    }
    Map<Long, PrivateParts.Part> parts = parts(row, first, leaves.size());
    for (byte[] leaf : leaves) {
      check(c, replay.size(), leaf, Optional.ofNullable(parts.get(replay.size())));
      checkpoint(checkpoints);
    }
  }

  private Map<Long, PrivateParts.Part> parts(ResultSet row, long first, int entries)
      throws SQLException {
    Map<Long, PrivateParts.Part> parts = new HashMap<>();
    if (row.getObject(6) != null) {
      long present = row.getLong(5);
      PrivateParts.of(first, present, row.getBytes(6))
          .forEach(part -> parts.put(part.index(), part));
      if (parts.size() != Long.bitCount(present)) {
        replay.problem("the private parts of the entries at " + first + " are damaged");
      }
      if (Long.SIZE - Long.numberOfLeadingZeros(present) > entries) {
        replay.problem("there is a private part of an entry that is none, at " + first);
      }
    }
    return parts;
  }

  private void checkpoint(Checkpoints.Cursor checkpoints) throws SQLException {
    covered = checkpoints.size() == replay.size();
    if (covered) {
      replay.checkpoint(checkpoints.next());
    }
  }

  private void check(Connection c, long index, byte[] leaf, Optional<PrivateParts.Part> part)
      throws SQLException {
    String json = Leaf.text(leaf);
    if (part.isPresent() && Leaf.word(json, "commit").isEmpty()) {
      replay.problem("entry " + index + " has a private part that it does not commit to");
    }
    Entries.lastOf(Leaf.word(json, "type")).ifPresent(name -> last.put(name, index));
    found.entry(SearchIndex.Found.of(index, leaf), part);
    replay.entry(leaf, new Comparison(c));
  }

  private void end(Connection c, long nextCheckpoint) throws SQLException {
    if (nextCheckpoint >= 0) {
      replay.problem("the log was cut: it once had size " + nextCheckpoint);
    }
    if (!covered) {
      replay.problem("no checkpoint covers the last entry");
    }
    replay.end();
    replay.checkAccounts(PrivateParts.count(c));
    found.end(c);
    checkLast(c);
    checkStrayParts(c);
  }

  /** Checks where the log finds its own entries; a false place would hide a change of keys. */
  private void checkLast(Connection c) throws SQLException {
    Map<String, Long> stored = new HashMap<>();
    try (PreparedStatement select =
            c.prepareStatement("SELECT type, idx FROM audit_last WHERE idx >= 0");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        stored.put(rows.getString(1), rows.getLong(2));
      }
    }
    // A root of the index may be pruned while it is the last.
    stored.values().removeIf(index -> index < minimum && !last.containsValue(index));
    if (!stored.equals(last)) {
      replay.problem("the last entries of the log's own are not where they are noted");
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

  /** Checks for private parts without entries, which would hide a destroyed one in the count. */
  private void checkStrayParts(Connection c) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement(
                "SELECT s.first FROM audit_sealed s"
                    + " LEFT JOIN audit_group g ON g.first = s.first WHERE g.first IS NULL");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        replay.problem("there is a private part of entry " + rows.getLong(1) + ", which is none");
      }
    }
  }
}
