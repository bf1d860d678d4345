package io.contextkeep.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of entries by dimension and by time, in UTC. They are sums of the counts that the log
 * keeps for each hour, so that the effort grows with the hours and not with the entries; only the
 * newest entries are counted one by one.
 */
public final class AuditSummary {
  private static final String COUNTED =
      "SELECT t.hour, t.entries, k.type, k.actor, k.role, k.purpose, k.basis, k.decision,"
          + " k.reasons, k.policy FROM ";

  private static final String OF_HOURS =
      " t CROSS JOIN audit_kind k WHERE k.id = t.kind AND t.hour >= ? AND t.hour < ? AND "
          + AuditQuery.KIND_CONDITION;

  static final String TALLIES = COUNTED + "audit_tally" + OF_HOURS;

  private static final String WITH_PRUNED =
      COUNTED
          + "(SELECT hour, kind, entries FROM audit_tally"
          + " UNION ALL SELECT hour, kind, entries FROM audit_pruned_tally)"
          + OF_HOURS;

  /** The dimensions of counts; an entry with several reasons counts for each. */
  public enum By {
    TYPE,
    ACTOR,
    ROLE,
    PURPOSE,
    BASIS,
    DECISION,
    REASON,
    POLICY
  }

  /** The units of time; all but the hour begin at midnight UTC. */
  public enum Bucket {
    HOUR,
    DAY,
    WEEK,
    MONTH,
    ALL;

    private Instant start(long hour) {
      Instant instant = Instant.ofEpochMilli(hour * Kinds.HOUR);
      LocalDate day = instant.atZone(ZoneOffset.UTC).toLocalDate();
      return switch (this) {
        case HOUR -> instant;
        case DAY -> midnight(day);
        case WEEK -> midnight(day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
        case MONTH -> midnight(day.withDayOfMonth(1));
        case ALL -> Instant.EPOCH;
      };
    }

    private static Instant midnight(LocalDate day) {
      return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
  }

  /**
   * A count.
   *
   * @param start the start of the bucket; 1970 without a unit of time
   * @param values the values of the dimensions, in the requested order; "" where entries have none
   */
  public record Group(Instant start, List<String> values, long entries) {
    public Group {
      values = List.copyOf(values);
    }
  }

  /** The result would have too many groups. */
  public static final class TooManyGroups extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManyGroups() {
      super("The result has too many groups");
    }
  }

  private record Key(Instant start, List<String> values) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = start.compareTo(other.start);
      for (int i = 0; order == 0 && i < values.size(); i++) {
        order = values.get(i).compareTo(other.values.get(i));
      }
      return order;
    }
  }

  private AuditSummary() {}

  /** Returns the start of the instant's hour. */
  public static Instant hourOf(Instant time) {
    return Instant.ofEpochMilli(Math.floorDiv(time.toEpochMilli(), Kinds.HOUR) * Kinds.HOUR);
  }

  /**
   * Counts the entries that fit, whole hours of them: from the hour of the query's first instant to
   * the hour before its last. Conditions on the request or the customer do not apply to counts.
   *
   * @throws TooManyGroups if there are more than the limit
   */
  public static List<Group> of(Connection c, AuditQuery query, List<By> by, Bucket bucket, int most)
      throws SQLException {
    return groups(c, TALLIES, query, by, bucket, most);
  }

  /** Counts the matching entries including pruned ones. */
  public static List<Group> ever(
      Connection c, AuditQuery query, List<By> by, Bucket bucket, int most) throws SQLException {
    return groups(c, WITH_PRUNED, query, by, bucket, most);
  }

  private static List<Group> groups(
      Connection c, String tallies, AuditQuery query, List<By> by, Bucket bucket, int most)
      throws SQLException {
    Counts counts = new Counts(query, by, bucket, most);
    long from = query.from().map(t -> Math.floorDiv(t, Kinds.HOUR)).orElse(0L);
    long to = query.to().map(t -> Math.ceilDiv(t, Kinds.HOUR)).orElse(Long.MAX_VALUE);
    try (PreparedStatement select = c.prepareStatement(tallies)) {
      select.setLong(1, from);
      select.setLong(2, to);
      int i = 2;
      for (Object argument : query.arguments()) {
        select.setObject(++i, argument);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          counts.add(rows.getLong(1), Kind.of(rows, 3), rows.getLong(2));
        }
      }
    }
    for (Map.Entry<SearchIndex.Count, Long> count : SearchIndex.behind(c, from, to).entrySet()) {
      Kind kind = count.getKey().kind();
      if (query.fits(kind)) {
        counts.add(count.getKey().hour(), kind, count.getValue());
      }
    }
    return counts.groups();
  }

  /** The groups so far. */
  private static final class Counts {
    private final AuditQuery query;
    private final List<By> by;
    private final Bucket bucket;
    private final int most;
    private final TreeMap<Key, Long> counts = new TreeMap<>();

    Counts(AuditQuery query, List<By> by, Bucket bucket, int most) {
      this.query = query;
      this.by = by;
      this.bucket = bucket;
      this.most = most;
    }

    void add(long hour, Kind kind, long entries) {
      Instant start = bucket.start(hour);
      for (List<String> values : values(kind, by, query)) {
        counts.merge(new Key(start, values), entries, Long::sum);
      }
      if (counts.size() > most) {
        throw new TooManyGroups();
      }
    }

    List<Group> groups() {
      List<Group> groups = new ArrayList<>();
      counts.forEach((key, count) -> groups.add(new Group(key.start(), key.values(), count)));
      return groups;
    }
  }

  /** Returns the groups of a kind: one, or one for each of its reasons. */
  private static List<List<String>> values(Kind kind, List<By> by, AuditQuery query) {
    List<List<String>> all = new ArrayList<>();
    List<String> reasons =
        by.contains(By.REASON) ? List.of(kind.reasons().split(" ")) : List.of("");
    for (String reason : reasons) {
      if (!by.contains(By.REASON) || query.reason().map(reason::equals).orElse(true)) {
        all.add(by.stream().map(part -> value(kind, part, reason)).toList());
      }
    }
    return all;
  }

  private static String value(Kind kind, By part, String reason) {
    return switch (part) {
      case TYPE -> kind.type();
      case ACTOR -> kind.actor();
      case ROLE -> kind.role();
      case PURPOSE -> kind.purpose();
      case BASIS -> kind.basis();
      case DECISION -> kind.decision();
      case REASON -> reason;
      case POLICY -> kind.policy();
    };
  }
}
