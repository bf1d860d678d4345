package io.contextkeep.vault.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
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
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values that sources sent after a customer had corrected theirs, for operators who decide
 * which one holds. No value is shown; the customer finds the decision in their list of accesses.
 */
final class CorrectionsApi implements Routes.Api {
  private static final int MOST = 1_000;
  private static final Pattern ID =
      Pattern.compile("([0-7][0-9a-f]{15})\\.([a-z][a-z0-9_]{0,62})\\.([a-z][a-z0-9-]{1,62})");

  /** What an operator can decide. */
  private enum Decision {
    KEEP_CORRECTION("keep-correction"),
    ACCEPT_SOURCE("accept-source");

    private final String code;

    Decision(String code) {
      this.code = code;
    }

    static Decision of(JsonNode body) {
      String text = Json.text(body, "decision", 50);
      for (Decision one : values()) {
        if (one.code.equals(text)) {
          return one;
        }
      }
      throw Problem.badRequest(
          "invalid_field", "The field 'decision' is keep-correction or accept-source");
    }
  }

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

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.OPERATOR)
        .get("/v1/corrections", this::disputed)
        .post("/v1/corrections/:id/decision", this::decide);
  }

  Answer disputed(Request request) {
    request.onlyQuery("after", "limit");
    int limit = request.limit(MOST);
    Optional<Place> after =
        request
            .query("after")
            .map(
                text ->
                    place(text)
                        .orElseThrow(
                            () ->
                                Problem.badRequest(
                                    "invalid_parameter",
                                    "The parameter 'after' is the one that the page before"
                                        + " ended with")));
    looks.record(request, "corrections");
    DisputedValues.Page page = db.inRead(c -> DisputedValues.page(c, after, limit));
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode all = body.putArray("corrections");
    page.found().forEach(one -> all.add(shown(one)));
    page.next().ifPresent(next -> body.put("after", id(next)));
    return Answer.ok(body);
  }

  Answer decide(Request request) {
    request.onlyQuery();
    Place place = place(request.path("id")).orElseThrow(CorrectionsApi::nothingToDecide);
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("decision", "version", "reason"));
    Decision decision = Decision.of(body);
    long version = version(body);
    String reason =
        Json.code(body, "reason")
            .orElseThrow(
                () ->
                    Problem.badRequest(
                        "missing_field", "The field 'reason' is a code such as ck:SourceVerified"));
    db.inWrite(
        c -> {
          check(c, place, version);
          SubjectKey key = me.key(place.subject());
          apply(c, decision, place);
          return log.stage(
              c,
              entry(request, decision, place, reason)
                  .about(place.subject().value(), key, Map.of("attribute", place.name())));
        });
    return Answer.ok(Map.of("id", id(place), "decision", decision.code));
  }

  private static long version(JsonNode body) {
    JsonNode version = body.path("version");
    if (!version.isIntegralNumber() || !version.canConvertToLong() || version.longValue() < 0) {
      throw Problem.badRequest(
          version.isMissingNode() ? "missing_field" : "invalid_field",
          "The field 'version' is the number of the value in the list");
    }
    return version.longValue();
  }

  /** An operator decides about the value that they saw listed, and not about a later one. */
  private static void check(Connection c, Place place, long version) throws SQLException {
    Disputed held = DisputedValues.find(c, place).orElseThrow(CorrectionsApi::nothingToDecide);
    if (held.version() != version) {
      throw new Problem(
          409,
          "value_replaced",
          "The source has sent a later value; read the list again and decide about that one");
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

  private AuditEntry entry(Request request, Decision decision, Place place, String reason) {
    TreeMap<String, Object> facts = new TreeMap<>(request.who());
    facts.put("action", decision.code);
    facts.put("source", place.source());
    facts.put("reason", reason);
    Optional<Attribute> attribute = registry.attribute(place.name());
    attribute.ifPresent(known -> facts.put("categories", List.of(known.category().curie())));
    return AuditEntry.of(EntryType.CORRECT, facts);
  }

  private static Problem nothingToDecide() {
    return new Problem(
        404,
        "nothing_to_decide",
        "No value of this id is kept beside a correction; GET /v1/corrections lists those that"
            + " are");
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

  private static ObjectNode shown(Disputed one) {
    return Json.MAPPER
        .createObjectNode()
        .put("id", id(one.place()))
        .put("customer", one.place().subject().toString())
        .put("attribute", one.place().name())
        .put("source", one.place().source())
        .put("version", one.version())
        .put("observed", one.observed().toString())
        .put("corrected", one.corrected().toString());
  }
}
