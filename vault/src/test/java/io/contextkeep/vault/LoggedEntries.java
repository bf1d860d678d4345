package io.contextkeep.vault;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.audit.StoredTiles;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What the log of a test's vault holds. */
public final class LoggedEntries {
  private LoggedEntries() {}

  /** Returns all entries, oldest first. */
  public static List<AuditRow> all(Connection c) throws SQLException {
    return AuditSearch.oldest(c, AuditQuery.ALL, 0, Long.MAX_VALUE, Integer.MAX_VALUE);
  }

  /** Returns the entry of an index. */
  public static AuditRow at(Connection c, long index) throws SQLException {
    return AuditSearch.oldest(c, AuditQuery.ALL, index, index + 1, 1).getFirst();
  }

  public static long count(Connection c, Predicate<AuditRow> fits) throws SQLException {
    return all(c).stream().filter(fits).count();
  }

  /** Counts the answers with somebody's data. */
  public static long permits(Connection c) throws SQLException {
    return count(c, entry -> entry.word("decision").equals("permit"));
  }

  /** Returns the indices of the entries that have their private part, in order. */
  public static List<Long> withPrivatePart(Connection c) throws SQLException {
    List<Long> indices = new ArrayList<>();
    StoredTiles.sealed(c, indices::add);
    return indices;
  }
}
