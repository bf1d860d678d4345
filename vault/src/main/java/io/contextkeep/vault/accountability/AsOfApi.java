package io.contextkeep.vault.accountability;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Outcome;
import io.contextkeep.vault.auditlog.AuditFilter;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.policy.PastPolicies;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Times;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What an app could see of a customer at another time, under which notice and which policy. It
 * shows what was allowed, never what was held. It is a look at her, so it is an entry about her.
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
    routes.as(Role.AUDITOR).get("/v1/audit/as-of", this::asOf);
  }

  Answer asOf(Request request) {
    request.onlyQuery("customer", "app", "purpose", "at");
    Identifier customer = AuditFilter.customer(request).orElseThrow(() -> missing("customer"));
    String app = request.query("app").orElseThrow(() -> missing("app"));
    if (!APP.matcher(app).matches()) {
      throw Problem.badRequest("invalid_parameter", "The parameter 'app' is the id of an app");
    }
    Purpose purpose =
        Parameters.purpose(request.query("purpose").orElseThrow(() -> missing("purpose")));
    Instant at =
        Times.parse("The parameter 'at'", request.query("at").orElseThrow(() -> missing("at")));
    if (at.isAfter(clock.instant())) {
      throw Problem.badRequest(
          "invalid_time",
          "The parameter 'at' is not in the future: nobody knows what is said then");
    }
    looks.record(
        request,
        "as-of",
        Map.of("target", app, "purpose", purpose.curie(), "toTime", at.toString()),
        db.inRead(c -> customers.find(c, customer)).map(SubjectId::value));
    return Answer.ok(shown(asOf.of(customer, app, purpose, at), at));
  }

  private static Problem missing(String name) {
    return Problem.badRequest("missing_parameter", "The parameter '" + name + "' is needed");
  }

  private static ObjectNode shown(AsOf.Seen seen, Instant at) {
    StateAsOf.Situation situation = seen.situation();
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("at", at.toString())
        .put("purpose", situation.question().purpose())
        .put("decision", decision(seen.outcome()))
        .put("basis", seen.outcome().map(Outcome::basis).orElse(""));
    ArrayNode reasons = body.putArray("reasons");
    reasons(seen).forEach(reasons::add);
    app(body.putObject("app"), situation.app());
    seen.policy().ifPresent(then -> policy(body.putObject("policy"), then));
    ArrayNode attributes = body.putArray("attributes");
    situation
        .attributes()
        .values()
        .forEach(attribute -> attribute(attributes.addObject(), attribute, seen));
    ArrayNode consents = body.putArray("consents");
    List<Long> relied = seen.outcome().map(Outcome::consents).orElse(List.of());
    situation.consents().forEach(stood -> consent(consents.addObject(), stood, relied));
    body.put("restricted", situation.noes().restricted());
    ArrayNode objections = body.putArray("objections");
    situation.noes().objections().forEach(objections::add);
    return body.put("historyWhole", situation.noes().whole());
  }

  private static String decision(Optional<Outcome> outcome) {
    return outcome.map(o -> o.allows() ? "permit" : "refuse").orElse("undecided");
  }

  private static List<String> reasons(AsOf.Seen seen) {
    return seen.outcome()
        .map(Outcome::reasons)
        .orElseGet(
            () -> List.of(seen.policy().isPresent() ? "POLICY_NOT_AT_HAND" : "POLICY_UNKNOWN"));
  }

  private static void app(ObjectNode node, StateAsOf.PastApp app) {
    node.put("id", app.id()).put("registered", Parameters.code(app.registered()));
    if (app.version() > 0) {
      node.put("version", app.version());
    }
    ArrayNode purposes = node.putArray("purposes");
    new TreeSet<>(app.purposes()).forEach(purposes::add);
  }

  private static void policy(ObjectNode node, PastPolicies.Then then) {
    node.put("revision", then.policy().revision())
        .put("policyDigest", then.policy().codeDigest())
        .put("dataDigest", then.policy().dataDigest())
        .put("since", then.since().toString())
        .put("atHand", then.bundle().isPresent());
  }

  /** Of a no, each attribute stayed for the no's own reasons. */
  private static void attribute(
      ObjectNode node, StateAsOf.PastAttribute attribute, AsOf.Seen seen) {
    boolean held = seen.situation().held().contains(attribute.name());
    node.put("name", attribute.name())
        .put("category", attribute.category().curie())
        .put("held", held ? "yes" : "unknown");
    seen.outcome()
        .ifPresent(
            outcome -> {
              Outcome.Treatment treatment = outcome.treatments().get(attribute.name());
              if (treatment == null) {
                node.put("treatment", Parameters.code(Outcome.How.WITHHELD))
                    .put("code", String.join(" ", outcome.reasons()));
              } else {
                node.put("treatment", Parameters.code(treatment.how()))
                    .put("code", treatment.code());
              }
            });
  }

  private static void consent(ObjectNode node, StateAsOf.Stood stood, List<Long> relied) {
    ConsentEvent event = stood.event();
    node.put("event", event.id())
        .put("purpose", event.purpose().curie())
        .put("recipient", event.recipient())
        .put("status", stood.status().curie())
        .put("explicit", event.explicit())
        .put("notice", event.noticeVersion())
        .put("language", event.language())
        .put("by", event.by().curie())
        .put("at", event.at().toString())
        .put("reliedOn", relied.contains(event.id()));
    Instant expires = event.expiresAt();
    if (expires != null) {
      node.put("expires", expires.toString());
    }
    if (stood.sinceThen() != stood.status()) {
      node.put("statusByLaterEvents", stood.sinceThen().curie());
    }
  }
}
