package io.contextkeep.vault.ingest;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.Coded;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.DisputedValues;
import io.contextkeep.vault.context.DisputedValues.Disputed;
import io.contextkeep.vault.context.DisputedValues.Place;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Range;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values that sources sent after a customer's correction, for operators who decide between
 * them. No value is shown; the customer sees the decision in their list of accesses.
 */
final class CorrectionsApi implements Routes.Api {
  private static final int MAX_PAGE = 1_000;
  private static final Pattern ID =
      Pattern.compile("([0-7][0-9a-f]{15})\\.([a-z][a-z0-9_]{0,62})\\.([a-z][a-z0-9-]{1,62})");

  private final Db db;
  private final Registry registry;
  private final Derivations derivations;
  private final CustomerSession me;
  private final AuditLog log;
  private final AuditorAccessLog looks;

  CorrectionsApi(
      Db db,
      Registry registry,
      Derivations derivations,
      CustomerSession me,
      AuditLog log,
      AuditorAccessLog looks) {
    this.db = db;
    this.registry = registry;
    this.derivations = derivations;
    this.me = me;
    this.log = log;
    this.looks = looks;
  }

  /** An operator's decision. */
  private enum Decision implements Coded {
    KEEP_CORRECTION,
    ACCEPT_SOURCE
  }

  /**
   * A decision about one value.
   *
   * @param version the number of the value in the list that the operator saw
   * @param reason a code that reveals nothing about the customer
   */
  private record Verdict(
      Decision decision,
      @Range(min = 0) long version,
      @Text(max = 100, pattern = Json.CODE, expected = "a code such as ck:SourceVerified")
          String reason) {}

  private record Decided(String id, Decision decision) {}

  private record Corrections(List<Correction> corrections, Optional<String> next)
      implements Paged {}

  private record Correction(
      String id,
      String customer,
      String attribute,
      String source,
      long version,
      Instant observed,
      Instant corrected) {

    static Correction of(Disputed one) {
      Place place = one.place();
      return new Correction(
          CorrectionsApi.id(place),
          place.subject().toString(),
          place.name(),
          place.source(),
          one.version(),
          one.observed(),
          one.corrected());
    }
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/corrections").as(Role.OPERATOR).paged().handle(this::disputed);
    routes
        .route(POST, "/v1/corrections/:id/decision")
        .as(Role.OPERATOR)
        .body(Verdict.class)
        .handle(this::decide);
  }

  private Answer disputed(Request request) {
    Page page = request.page(MAX_PAGE);
    Optional<Place> after = page.after(CorrectionsApi::place);
    looks.record(request, "corrections");
    DisputedValues.Page found = db.inRead(c -> DisputedValues.page(c, after, page.limit()));
    return Answer.ok(
        new Corrections(
            found.found().stream().map(Correction::of).toList(),
            found.next().map(place -> page.next(id(place)))));
  }

  private Answer decide(Request request, Verdict verdict) {
    Place place = place(request.path("id")).orElseThrow(CorrectionsApi::nothingToDecide);
    db.inWrite(
        c -> {
          check(c, place, verdict.version());
          SubjectKey key = me.key(place.subject());
          apply(c, verdict.decision(), place);
          return log.stage(
              c,
              entry(request, verdict, place)
                  .about(place.subject().value(), key, Map.of("attribute", place.name())));
        });
    return Answer.ok(new Decided(id(place), verdict.decision()));
  }

  /** Checks that the decision is about the value that is held, not about an earlier one. */
  private static void check(Connection c, Place place, long version) throws SQLException {
    Disputed held = DisputedValues.find(c, place).orElseThrow(CorrectionsApi::nothingToDecide);
    if (held.version() != version) {
      throw new Problem(
          409,
          "value_replaced",
          "The source sent a later value; list the corrections again and decide about that one");
    }
  }

  private void apply(Connection c, Decision decision, Place place) throws SQLException {
    switch (decision) {
      case KEEP_CORRECTION -> DisputedValues.keepCorrection(c, place);
      case ACCEPT_SOURCE -> {
        DisputedValues.acceptSource(c, place);
        derivations.corrected(c, place.subject(), place.name());
      }
    }
  }

  private AuditEntry entry(Request request, Verdict verdict, Place place) {
    TreeMap<String, Object> facts = request.actor().facts();
    facts.put("action", verdict.decision().code());
    facts.put("source", place.source());
    facts.put("reason", verdict.reason());
    Optional<Attribute> attribute = registry.attribute(place.name());
    attribute.ifPresent(known -> facts.put("categories", List.of(known.category().curie())));
    return AuditEntry.of(EntryType.CORRECT, facts);
  }

  private static Problem nothingToDecide() {
    return new Problem(
        404,
        "nothing_to_decide",
        "No source's value of this id is kept beside a correction; GET /v1/corrections lists"
            + " them");
  }

  private static Optional<Place> place(String id) {
    Matcher parts = ID.matcher(id);
    return parts.matches() && Long.parseLong(parts.group(1), 16) > 0
        ? Optional.of(new Place(SubjectId.parse(parts.group(1)), parts.group(2), parts.group(3)))
        : Optional.empty();
  }

  private static String id(Place place) {
    return place.subject() + "." + place.name() + "." + place.source();
  }
}
