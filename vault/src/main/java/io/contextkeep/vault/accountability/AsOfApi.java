package io.contextkeep.vault.accountability;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The access that an app had to a customer's data at a past time, with the notice and the policy of
 * that time. It shows what was allowed, never a value. Each request is an entry about the customer.
 */
final class AsOfApi implements Routes.Api {
  private static final Pattern APP = Pattern.compile("[a-z][a-z0-9-]{1,62}");

  private final AsOf asOf;
  private final Db db;
  private final Customers customers;
  private final AuditorAccessLog looks;
  private final InstantSource clock;

  AsOfApi(AsOf asOf, Db db, Customers customers, AuditorAccessLog looks, InstantSource clock) {
    this.asOf = asOf;
    this.db = db;
    this.customers = customers;
    this.looks = looks;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/audit/as-of")
        .as(Role.AUDITOR)
        .query("customer", "app", "purpose", "at")
        .handle(this::asOf);
  }

  private Answer asOf(Request request) {
    Identifier customer =
        request
            .query("customer")
            .map(CustomerSession::named)
            .orElseThrow(() -> missing("customer"));
    String app = request.query("app").orElseThrow(() -> missing("app"));
    if (!APP.matcher(app).matches()) {
      throw Problem.badRequest("invalid_parameter", "The parameter 'app' is the id of an app");
    }
    Purpose purpose =
        Parameters.purpose(request.query("purpose").orElseThrow(() -> missing("purpose")));
    Instant at = request.instant("at").orElseThrow(() -> missing("at"));
    if (at.isAfter(clock.instant())) {
      throw Problem.badRequest("invalid_time", "The parameter 'at' must not be in the future");
    }
    looks.record(
        request,
        "as-of",
        Map.of("target", app, "purpose", purpose.curie(), "toTime", at.toString()),
        db.inRead(c -> customers.find(c, customer)).map(SubjectId::value));
    return Answer.ok(PastView.of(asOf.of(customer, app, purpose, at), at));
  }

  private static Problem missing(String name) {
    return Problem.badRequest("missing_parameter", "The parameter '" + name + "' is needed");
  }
}
