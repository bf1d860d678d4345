package io.contextkeep.audit;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.tree.Frontier;
import io.contextkeep.audit.tree.MissingTile;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A log as its database holds it, after the checks that a start can afford: the last checkpoint is
 * signed by the key in force, the stored tree makes its root, and neither is older than the state
 * last seen or differs from it. It reads a few tiles, however long the log is; every entry is
 * checked by {@link LogVerifier}.
 *
 * @param keys the keys that the log names; empty for an empty log
 */
record OpenedLog(
    Frontier frontier, long time, Optional<Note> checkpoint, Optional<KeysInForce> keys) {

  /**
   * Checks and reads the log.
   *
   * @throws IllegalStateException with the fault and the remedy
   */
  static OpenedLog open(Connection c, LogKeys keys, LastCheckpoint kept) throws SQLException {
    try {
      Optional<Note> note = Checkpoints.signed(c);
      long size = Entries.size(c);
      if (note.isEmpty() && size > 0) {
        throw damaged("no checkpoint covers its entries");
      }
      Optional<KeysInForce> inForce = keysInForce(c);
      if (note.isPresent()) {
        checkLast(c, note.get(), size, keys, inForce);
      }
      checkKept(c, size, keys, kept);
      return new OpenedLog(
          StoredTiles.proofs(c, size).frontier(), lastTime(c, size), note, inForce);
    } catch (MissingTile e) {
      throw damaged("it lacks " + e.path());
    } catch (MalformedNote e) {
      throw damaged("its last checkpoint is malformed");
    }
  }

  private static void checkLast(
      Connection c, Note note, long size, LogKeys keys, Optional<KeysInForce> inForce)
      throws SQLException {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    if (!checkpoint.origin().equals(keys.origin())) {
      throw new IllegalStateException(
          "The database holds the log "
              + checkpoint.origin()
              + ", not "
              + keys.origin()
              + ". A log keeps its name for ever: set it back, or start with an empty database");
    }
    if (checkpoint.size() != size
        || !Arrays.equals(checkpoint.root(), StoredTiles.proofs(c, size).root())) {
      throw damaged("its entries do not make the root of its last checkpoint");
    }
    KeysInForce named = inForce.orElseThrow(() -> damaged("it names no key"));
    VerifierKey key = named.signer(checkpoint.origin());
    if (note.signatures().stream().noneMatch(s -> key.verifies(note.text(), s))) {
      throw damaged("its last checkpoint is not signed by the key that it names");
    }
    boolean mine = keys.signer().verifier().equals(key);
    if (!mine && keys.retiring().stream().noneMatch(old -> old.verifier().equals(key))) {
      throw new IllegalStateException(
          "The signing keys are not the ones that the log names. Put the right keys back; to change"
              + " them on purpose, start once with the old signing key beside the new ones");
    }
  }

  /** Checks that the database continues the state that was seen last. */
  private static void checkKept(Connection c, long size, LogKeys keys, LastCheckpoint kept)
      throws SQLException {
    Optional<String> last = kept.read();
    if (last.isEmpty() && size == 0) {
      kept.keep("");
      kept.sync();
    } else if (last.isEmpty()) {
      throw new IllegalStateException(
          "The log has "
              + size
              + " entries, but its last checkpoint is not where it is kept outside the database, so"
              + " that an older copy of the database would go unnoticed. Put that file back");
    } else if (!last.get().isEmpty()) {
      Checkpoint seen = Checkpoint.parse(Note.parse(last.get()).text());
      if (seen.size() > size) {
        throw new IllegalStateException(
            "The database holds a log of "
                + size
                + " entries, but it once had "
                + seen.size()
                + ": it was restored to an older state. "
                + FIX);
      }
      if (!seen.origin().equals(keys.origin())
          || !Arrays.equals(seen.root(), StoredTiles.proofs(c, seen.size()).root())) {
        throw new IllegalStateException(
            "The database holds another log than the one that was seen last, at size "
                + seen.size()
                + ". "
                + FIX);
      }
    }
  }

  private static final String FIX =
      "Put the newer database back, with the -wal file beside it. If it is lost for good, do not"
          + " continue this log: its readers would see two histories. Keep the files as evidence"
          + " and begin a log of another name in an empty database";

  private static IllegalStateException damaged(String what) {
    return new IllegalStateException(
        "The audit log is damaged: "
            + what
            + ". Restore the database from a backup and keep this file: it is evidence");
  }

  private static Optional<KeysInForce> keysInForce(Connection c) throws SQLException {
    return Entries.last(c, Entries.LAST_KEY).flatMap(last -> KeysInForce.named(last.leaf()));
  }

  private static long lastTime(Connection c, long size) throws SQLException {
    return new Entries(c).leaf(size - 1).map(Leaf::text).map(Leaf::time).orElse(0L);
  }
}
