package io.contextkeep.vault.graph;

import io.contextkeep.audit.AuditHour;
import io.contextkeep.ontology.AccessHour;
import io.contextkeep.ontology.LegalBasis;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.lineage.HourlyAccesses;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The next complete hours of the audit log.
 *
 * @param accesses those with reads or refusals
 * @param reached the last hour that was processed
 * @param more whether there may be more
 */
record Hours(List<AccessHour> accesses, long reached, boolean more) {

  static Hours after(Connection c, long hour, int limit) throws SQLException {
    List<AccessHour> hours = new ArrayList<>();
    long reached = hour;
    for (int i = 0; i < limit; i++) {
      OptionalLong next = AuditHour.after(c, reached);
      if (next.isEmpty()) {
        return new Hours(hours, Math.max(reached, AuditHour.newest(c)), false);
      }
      reached = next.getAsLong();
      of(c, AuditHour.of(c, reached)).ifPresent(hours::add);
    }
    return new Hours(hours, reached, true);
  }

  /** Returns the number of complete hours after one. */
  static long count(Connection c, long hour) throws SQLException {
    long count = 0;
    OptionalLong next = AuditHour.after(c, hour);
    while (next.isPresent()) {
      count++;
      next = AuditHour.after(c, next.getAsLong());
    }
    return count;
  }

  /** Returns the accesses of an hour; empty if they are incomplete. */
  private static Optional<AccessHour> of(Connection c, AuditHour hour) throws SQLException {
    List<AccessHour.Access> accesses =
        hour.counted()
            ? HourlyAccesses.within(c, hour.start(), hour.end()).stream()
                .flatMap(Hours::accesses)
                .toList()
            : List.of();
    return Optional.of(accesses)
        .filter(found -> !found.isEmpty())
        .map(
            found ->
                new AccessHour(
                    hour.start(), hour.end(), hour.sizeBefore(), hour.size(), hour.root(), found));
  }

  private static Stream<AccessHour.Access> accesses(HourlyAccesses of) {
    return Stream.of(access(of, true, of.permitted()), access(of, false, of.refused()))
        .filter(access -> access.count() > 0);
  }

  private static AccessHour.Access access(HourlyAccesses of, boolean permitted, long count) {
    return new AccessHour.Access(
        of.app(),
        Purpose.parse(of.purpose()),
        LegalBasis.parse(of.basis()),
        of.policy(),
        permitted,
        count);
  }
}
