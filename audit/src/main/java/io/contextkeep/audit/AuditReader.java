package io.contextkeep.audit;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads the log for customers: the entries about them. */
public final class AuditReader {
  /** An entry with its opened private part, canonical JSON. */
  public record Access(AuditRow entry, String details) {
    @Override
    public String toString() {
      return "Access[" + entry.index() + ", redacted]";
    }
  }

  /** An entry's sealed private part and its customer. */
  public record SealedPart(long subject, byte[] sealed) {
    /** Returns canonical JSON; fails if the part does not match the entry's commitment. */
    public String open(AuditRow entry, SubjectSealer sealer) {
      byte[] commitment = HexFormat.of().parseHex(Leaf.word(entry.json(), "commit"));
      return new String(sealer.open(sealed, commitment), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "SealedPart[redacted]";
    }
  }

  private AuditReader() {}

  /** Returns the number of the subject's last pruned entry; empty if there is none. */
  public static Optional<Long> prunedTo(Connection c, long subject) throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement("SELECT n FROM audit_pruned_subject WHERE subject = ?")) {
      select.setLong(1, subject);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
      }
    }
  }

  /** Returns the entry's private part; empty if it has none, or none any more. */
  public static Optional<SealedPart> sealed(Connection c, AuditRow entry) throws SQLException {
    return PrivateParts.at(c, entry.index())
        .map(part -> new SealedPart(part.subject(), part.sealed()));
  }

  /** Returns the customer that an entry is about; empty if it is about none, or was erased. */
  public static Optional<Long> subject(Connection c, long entry) throws SQLException {
    return PrivateParts.at(c, entry).map(PrivateParts.Part::subject);
  }

  /** Returns the apps with permitted reads of the customer, without any key. */
  public static List<String> readers(Connection c, long subject) throws SQLException {
    return List.copyOf(new CustomerEntries(c, subject).readers());
  }

  /** Counts the private parts about the customer up to a limit. */
  public static long count(Connection c, long subject, int limit) throws SQLException {
    return new CustomerEntries(c, subject).count(limit);
  }

  /** Returns whether entries about the customer were pruned. */
  public static boolean isPruned(Connection c, long subject) throws SQLException {
    return LogNumber.of(c, "SELECT count(*) FROM audit_pruned_subject WHERE subject = ?", subject)
        > 0;
  }

  /** Returns a customer's entries, newest first, opened with the customer's key. */
  public static List<Access> accesses(
      Connection c, long subject, SubjectSealer sealer, long before, int limit)
      throws SQLException {
    return opened(c, new CustomerEntries(c, subject).newest(before, limit), sealer);
  }

  /** Returns the entries of permitted reads of a customer, newest first, opened with their key. */
  public static List<Access> reads(Connection c, long subject, SubjectSealer sealer, int limit)
      throws SQLException {
    return opened(c, new CustomerEntries(c, subject).newestReads(limit), sealer);
  }

  private static List<Access> opened(
      Connection c, List<CustomerEntries.Numbered> found, SubjectSealer sealer)
      throws SQLException {
    Entries entries = new Entries(c);
    List<Access> accesses = new ArrayList<>();
    for (CustomerEntries.Numbered one : found) {
      AuditRow entry = entries.row(one.index());
      Optional<SealedPart> part = sealed(c, entry);
      if (part.isPresent()) {
        accesses.add(new Access(entry, part.get().open(entry, sealer)));
      }
    }
    return accesses;
  }
}
