package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Times;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What auditors may look for, read out of a request's parameters. */
public final class AuditFilter {
  /** What entries have in common. */
  private static final List<String> PARTS =
      List.of("type", "actor", "role", "purpose", "basis", "decision", "reason", "policy");

  private static final List<String> TIMES = List.of("from", "to");

  private static final List<String> SINGLE = List.of("request", "customer");

  /** No customer has this number. */
  private static final long NOBODY = 0;

  private AuditFilter() {}

  /** All parameters that {@link #of} reads, and these. */
  static String[] andParameters(String... more) {
    return Stream.of(PARTS, TIMES, SINGLE, List.of(more))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  /** All parameters that {@link #of} reads but for those that name one request or customer. */
  static String[] commonAndParameters(String... more) {
    return Stream.of(PARTS, TIMES, List.of(more)).flatMap(List::stream).toArray(String[]::new);
  }

  /**
   * @throws Problem if something cannot be looked for like that
   */
  static AuditQuery of(Request request, Db db, Customers customers) {
    Optional<Identifier> customer = customer(request);
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
        instant(request, "from"),
        instant(request, "to"),
        customer.map(c -> db.inRead(r -> customers.find(r, c)).map(s -> s.value()).orElse(NOBODY)));
  }

  /** The customer that the request names. */
  public static Optional<Identifier> customer(Request request) {
    return request.query("customer").map(CustomerSession::named);
  }

  private static Optional<Long> instant(Request request, String name) {
    return request
        .query(name)
        .map(text -> Times.parse("The parameter '" + name + "'", text).toEpochMilli());
  }
}
