package io.contextkeep.audit;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.NoteSignature;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.source.Accounts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The checkpoints of the log: one for each transaction that added entries, signed in that very
 * transaction, and for those that were published the cosignatures that came later.
 */
public final class Checkpoints {
  static final String SCHEMA =
      """
      CREATE TABLE audit_checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
      CREATE TABLE audit_cosignature (
        size INTEGER NOT NULL, signer TEXT NOT NULL, key INTEGER NOT NULL, line TEXT NOT NULL,
        PRIMARY KEY (size, signer, key)) STRICT;
      """;

  private static final String OF_SIZE = "SELECT size, note FROM audit_checkpoint WHERE size = ";
  private static final int PUBLICATIONS = 64;
  private static final int SLICE = 1 << 20;

  private Checkpoints() {}

  /** Returns the newest checkpoint, whose tree has every durable entry. */
  public static Optional<Note> latest(Connection c) throws SQLException {
    return note(c, OF_SIZE + "(SELECT max(size) FROM audit_checkpoint)");
  }

  /** Returns the newest checkpoint with only the log's own signatures. */
  public static Optional<Note> signed(Connection c) throws SQLException {
    try (PreparedStatement select =
            c.prepareStatement("SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1");
        ResultSet row = select.executeQuery()) {
      return row.next() ? Optional.of(Note.parse(row.getString(1))) : Optional.empty();
    }
  }

  /**
   * Returns the newest cosigned checkpoint. It may be a second behind {@link #latest}; it is the
   * one that the log publishes.
   */
  public static Optional<Note> published(Connection c) throws SQLException {
    Optional<Note> cosigned = note(c, OF_SIZE + "(SELECT max(size) FROM audit_cosignature)");
    return cosigned.isPresent() ? cosigned : latest(c);
  }

  /** Returns the best checkpoint to prove an entry: the published one, or else the newest one. */
  public static Optional<Note> covering(Connection c, long index) throws SQLException {
    Optional<Note> published = published(c).filter(note -> covers(note, index));
    return published.isPresent() ? published : latest(c).filter(note -> covers(note, index));
  }

  /**
   * Returns the newest cosigned checkpoint that covers the entry and that the policy accepts, with
   * the witnesses that it asks for.
   */
  public static Optional<Note> accepted(Connection c, long index, TrustPolicy policy)
      throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement(
            "SELECT DISTINCT size FROM audit_cosignature WHERE size > ? ORDER BY size DESC")) {
      select.setLong(1, index);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Optional<Note> note = note(c, OF_SIZE + "?", rows.getLong(1));
          if (note.isPresent()
              && policy.check(note.get()) instanceof TrustPolicy.Verdict.Accepted) {
            return note;
          }
        }
        return Optional.empty();
      }
    }
  }

  /**
   * Returns the checkpoint to show for an entry, or with -1 in general: the newest that enough
   * witnesses cosigned, or, without witnesses or such a checkpoint, the newest of all.
   */
  public static Optional<Note> best(Connection c, long index, Optional<TrustPolicy> witnesses)
      throws SQLException {
    Optional<Note> witnessed =
        witnesses.isPresent() ? accepted(c, index, witnesses.get()) : Optional.empty();
    return witnessed.isPresent() ? witnessed : covering(c, index);
  }

  /** Adds cosignatures to the checkpoint of a size; an earlier one of the same key stays. */
  public static void add(Connection c, long size, List<NoteSignature> cosignatures)
      throws SQLException {
    try (PreparedStatement insert =
        c.prepareStatement(
            "INSERT INTO audit_cosignature (size, signer, key, line) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING")) {
      for (NoteSignature cosignature : cosignatures) {
        insert.setLong(1, size);
        insert.setString(2, cosignature.name());
        insert.setLong(3, cosignature.keyId());
        insert.setString(4, cosignature.line());
        insert.executeUpdate();
      }
    }
  }

  /**
   * Deletes the cosignatures of all but the newest publications: each newer one covers the older,
   * and at one a second they would outgrow the log.
   */
  static void forgetOldCosignatures(Connection c) throws SQLException {
    try (PreparedStatement delete =
        c.prepareStatement(
            "DELETE FROM audit_cosignature WHERE size < (SELECT min(size) FROM (SELECT DISTINCT"
                + " size FROM audit_cosignature ORDER BY size DESC LIMIT ?) AS kept)")) {
      delete.setInt(1, PUBLICATIONS);
      delete.executeUpdate();
    }
  }

  /** Returns all checkpoints in order of size, with their cosignatures. */
  public static Cursor all(Connection c) throws SQLException {
    return after(c, 0);
  }

  /** Returns the checkpoints of larger sizes in order, with their cosignatures. */
  static Cursor after(Connection c, long size) throws SQLException {
    return new Cursor(c, size);
  }

  /** A chunk of stored checkpoints, concatenated, with the size of the last. */
  public record Slice(String notes, long last) {}

  /** Returns the next checkpoints in a range of sizes, about a megabyte at most. */
  public static Slice slice(Connection c, long after, long upTo) throws SQLException {
    StringBuilder notes = new StringBuilder();
    long last = after;
    try (Cursor cursor = after(c, after)) {
      while (cursor.size() >= 0 && cursor.size() <= upTo && notes.length() < SLICE) {
        last = cursor.size();
        notes.append(cursor.next());
      }
      return new Slice(notes.toString(), notes.isEmpty() ? upTo : last);
    }
  }

  /** A cursor over checkpoints, so that a long history needs no memory. */
  public static final class Cursor implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement select;
    private final ResultSet rows;
    private boolean more;

    private Cursor(Connection c, long after) throws SQLException {
      this.connection = c;
      this.select =
          c.prepareStatement(
              "SELECT size, note FROM audit_checkpoint WHERE size > ? ORDER BY size");
      select.setLong(1, after);
      this.rows = select.executeQuery();
      this.more = rows.next();
    }

    /** Returns the size of the next checkpoint; -1 if there is none. */
    public long size() throws SQLException {
      return more ? rows.getLong(1) : -1;
    }

    /** Returns the next checkpoint as stored, followed by its cosignatures. */
    public String next() throws SQLException {
      String note = rows.getString(2) + String.join("", lines(connection, rows.getLong(1)));
      more = rows.next();
      return note;
    }

    @Override
    public void close() throws SQLException {
      rows.close();
      select.close();
    }
  }

  /** Returns the newest checkpoint with the current number of private parts. */
  public static Accounts accounts(Connection c) throws SQLException {
    Note newest = latest(c).orElseThrow(() -> new SQLException("The log has no checkpoint"));
    return new Accounts(newest, PrivateParts.count(c));
  }

  private static boolean covers(Note note, long index) {
    return Checkpoint.parse(note.text()).size() > index;
  }

  private static Optional<Note> note(Connection c, String sql, long... arguments)
      throws SQLException {
    try (PreparedStatement select = c.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        select.setLong(i + 1, arguments[i]);
      }
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(Note.parse(row.getString(2) + String.join("", lines(c, row.getLong(1)))))
            : Optional.empty();
      }
    }
  }

  private static List<String> lines(Connection c, long size) throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement(
            "SELECT line FROM audit_cosignature WHERE size = ? ORDER BY signer, key")) {
      select.setLong(1, size);
      try (ResultSet rows = select.executeQuery()) {
        List<String> lines = new ArrayList<>();
        while (rows.next()) {
          lines.add(rows.getString(1));
        }
        return lines;
      }
    }
  }
}
