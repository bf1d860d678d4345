package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The filter of a request of auditors, read from its parameters. */
final class AuditFilter {
  /** Fields of entries. */
  private static final List<String> PARTS =
      List.of("type", "actor", "role", "purpose", "basis", "decision", "reason", "policy");

  private static final List<String> TIMES = List.of("from", "until");

  private static final List<String> SINGLE = List.of("request", "customer");

  /** A number that no customer has. */
  private static final long UNKNOWN = 0;

  private AuditFilter() {}

  /** Returns the names of all parameters that {@link #of} reads. */
  static String[] parameters() {
    return Stream.of(PARTS, TIMES, SINGLE).flatMap(List::stream).toArray(String[]::new);
  }

  /** Returns the same without those that name one request or customer. */
  static String[] commonParameters() {
    return Stream.of(PARTS, TIMES).flatMap(List::stream).toArray(String[]::new);
  }

  /**
   * Reads the filter.
   *
   * @throws Problem if a time or the customer is malformed
   */
  static AuditQuery of(Request request, Db db, Customers customers) {
    Optional<Identifier> customer = request.query("customer").map(CustomerSession::named);
    return new AuditQuery(
        request.query("type"),
        request.query("actor"),
        request.query("role"),
        request.query("purpose"),
        request.query("basis"),
        request.query("decision"),
        request.query("reason"),
        request.query("policy"),
        request.query("request"),
        request.instant("from").map(Instant::toEpochMilli),
        request.instant("until").map(Instant::toEpochMilli),
        customer.map(
            c -> db.inRead(r -> customers.find(r, c)).map(s -> s.value()).orElse(UNKNOWN)));
  }
}
