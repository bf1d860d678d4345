package io.contextkeep.vault.lineage;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditSummary;
import io.contextkeep.audit.AuditSummary.By;
import io.contextkeep.audit.EntryType;
import io.contextkeep.vault.identity.Role;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The reads of an app in an hour by purpose, basis and policy: counts of the log's entries,
 * including pruned ones, without any customer.
 *
 * @param basis the legal basis; "" if there was none
 */
public record HourlyAccesses(
    String app,
    String purpose,
    String basis,
    String policy,
    Instant hour,
    long permitted,
    long refused) {
  public static final Duration HOUR = Duration.ofHours(1);

  private static final int MAX_KINDS = 100_000;
  private static final List<By> PARTS = List.of(By.ACTOR, By.PURPOSE, By.BASIS, By.POLICY, By.TYPE);

  /** The key of a count. */
  private record Use(String app, String purpose, String basis, String policy, Instant hour) {
    HourlyAccesses counted(long[] counts) {
      return new HourlyAccesses(app, purpose, basis, policy, hour, counts[0], counts[1]);
    }
  }

  public Instant end() {
    return hour.plus(HOUR);
  }

  /** Returns the counts of whole hours in a period, in order of time. */
  public static List<HourlyAccesses> within(Connection c, Instant from, Instant to)
      throws SQLException {
    AuditQuery query =
        AuditQuery.ALL.withRole(Role.APP.code()).within(from.toEpochMilli(), to.toEpochMilli());
    Map<Use, long[]> uses = new LinkedHashMap<>();
    for (AuditSummary.Group group :
        AuditSummary.ever(c, query, PARTS, AuditSummary.Bucket.HOUR, MAX_KINDS)) {
      List<String> of = group.values();
      int outcome = List.of(EntryType.READ.code(), EntryType.REFUSE.code()).indexOf(of.getLast());
      if (outcome >= 0) {
        Use use = new Use(of.get(0), of.get(1), of.get(2), of.get(3), group.start());
        uses.computeIfAbsent(use, _ -> new long[2])[outcome] += group.entries();
      }
    }
    List<HourlyAccesses> all = new ArrayList<>();
    uses.forEach((use, counts) -> all.add(use.counted(counts)));
    return all;
  }
}
