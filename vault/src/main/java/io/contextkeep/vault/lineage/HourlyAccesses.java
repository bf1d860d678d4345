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
 * What one app did with one purpose in one hour, under one basis and policy: counts of the log's
 * entries, those also that were pruned since, and nothing of whom they were about.
 *
 * @param basis "" where there was none
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

  private static final int MOST_KINDS = 100_000;
  private static final List<By> PARTS = List.of(By.ACTOR, By.PURPOSE, By.BASIS, By.POLICY, By.TYPE);

  /** What is told together. */
  private record Use(String app, String purpose, String basis, String policy, Instant hour) {
    HourlyAccesses counted(long[] counts) {
      return new HourlyAccesses(app, purpose, basis, policy, hour, counts[0], counts[1]);
    }
  }

  public Instant end() {
    return hour.plus(HOUR);
  }

  /** Those of whole hours from the one to before the other, in order of time. */
  public static List<HourlyAccesses> within(Connection c, Instant from, Instant to)
      throws SQLException {
    AuditQuery query =
        AuditQuery.ALL.withRole(Role.APP.code()).within(from.toEpochMilli(), to.toEpochMilli());
    Map<Use, long[]> uses = new LinkedHashMap<>();
    for (AuditSummary.Group group :
        AuditSummary.ever(c, query, PARTS, AuditSummary.Bucket.HOUR, MOST_KINDS)) {
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
