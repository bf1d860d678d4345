package io.contextkeep.vault.customers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.NotAuthenticated;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.identity.TokenVerifier;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The identifiers that a customer is found by: listed without their values, linked by the customer
 * who proves that the other account is theirs, and unlinked by the customer or an operator.
 */
final class IdentifiersApi implements Routes.Api {
  /** How old the proof of another account may be. */
  private static final Duration FRESH = Duration.ofMinutes(10);

  private static final int MAX_TOKEN = 8_192;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  private final CustomerSession me;
  private final Db db;
  private final Customers customers;
  private final Enrolment enrolment;
  private final TokenVerifier tokens;
  private final AuditLog log;
  private final AuditorAccessLog looks;
  private final InstantSource clock;

  IdentifiersApi(
      CustomerSession me,
      Db db,
      Customers customers,
      Enrolment enrolment,
      TokenVerifier tokens,
      AuditLog log,
      AuditorAccessLog looks,
      InstantSource clock) {
    this.me = me;
    this.db = db;
    this.customers = customers;
    this.enrolment = enrolment;
    this.tokens = tokens;
    this.log = log;
    this.looks = looks;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .as(Role.CUSTOMER)
        .get("/v1/me/identifiers", this::mine)
        .post("/v1/me/identifiers", this::link)
        .delete("/v1/me/identifiers/:id", this::unlinkMine);
    routes
        .as(Role.OPERATOR)
        .get("/v1/customers/:customer/identifiers", this::ofCustomer)
        .delete("/v1/customers/:customer/identifiers/:id", this::unlinkForCustomer);
  }

  Answer mine(Request request) {
    request.onlyQuery();
    SubjectId subject = me.subject(request);
    me.recordView(request, subject, "identifiers");
    return Answer.ok(listed(db.inRead(c -> customers.links(c, subject))));
  }

  /** Links the account of another token, which shows that the customer can sign in to both. */
  Answer link(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("token"));
    Identifier other = proved(Json.text(body, "token", MAX_TOKEN));
    SubjectId subject = me.subject(request);
    SubjectKey key = me.key(subject);
    Link link =
        me.changed(
            request,
            subject,
            EntryType.LINK,
            facts("link", other.kind()),
            false,
            c -> enrolment.linkOwn(c, subject, key, other).orElseThrow(IdentifiersApi::conflict));
    return Answer.ok(shown(link));
  }

  private Identifier proved(String token) {
    try {
      Caller other = tokens.proof(token, FRESH);
      return Optional.of(other)
          .filter(caller -> caller.role() == Role.CUSTOMER)
          .flatMap(Caller::account)
          .flatMap(Identifier::parse)
          .orElseThrow(IdentifiersApi::noProof);
    } catch (NotAuthenticated e) {
      throw noProof();
    }
  }

  private static Problem noProof() {
    return Problem.badRequest(
        "invalid_proof",
        "The field 'token' is a customer's token for the other account, issued within the last "
            + FRESH.toMinutes()
            + " minutes");
  }

  /** The account that the customer is signed in by stays, or they could not come back. */
  Answer unlinkMine(Request request) {
    request.onlyQuery();
    SubjectId subject = me.subject(request);
    Identifier account = CustomerSession.account(request);
    Link link = db.inRead(c -> link(c, subject, id(request)));
    if (db.inRead(c -> customers.linkOf(c, account)).equals(Optional.of(link))) {
      throw new Problem(
          409,
          "own_account",
          "You are signed in by this identifier; sign in by another one to unlink it");
    }
    me.changed(
        request,
        subject,
        EntryType.LINK,
        facts("unlink", link.kind()),
        false,
        c -> customers.unlink(c, link, clock.instant()));
    return Answer.ok(Map.of("unlinked", link.id()));
  }

  Answer ofCustomer(Request request) {
    request.onlyQuery();
    SubjectId subject = customer(request);
    looks.record(request, "identifiers", Optional.of(subject.value()));
    return Answer.ok(listed(db.inRead(c -> customers.links(c, subject))));
  }

  /** A customer without any identifier could not be found by anybody, themselves included. */
  Answer unlinkForCustomer(Request request) {
    request.onlyQuery();
    SubjectId subject = customer(request);
    String id = id(request);
    SubjectKey key = me.key(subject);
    db.inWrite(
        c -> {
          Link link = link(c, subject, id);
          if (customers.links(c, subject).size() == 1) {
            throw new Problem(
                409, "last_identifier", "It is the last identifier that the customer is found by");
          }
          customers.unlink(c, link, clock.instant());
          TreeMap<String, Object> facts = request.actor().facts();
          facts.putAll(facts("unlink", link.kind()));
          return log.stage(
              c, AuditEntry.of(EntryType.LINK, facts).about(subject.value(), key, Map.of()));
        });
    return Answer.ok(Map.of("unlinked", id));
  }

  private SubjectId customer(Request request) {
    Identifier identifier = CustomerSession.named(request.path("customer"));
    return db.inRead(c -> customers.find(c, identifier)).orElseThrow(IdentifiersApi::unknown);
  }

  private Link link(Connection c, SubjectId subject, String id) throws SQLException {
    return customers.links(c, subject).stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(IdentifiersApi::unknown);
  }

  private static Map<String, Object> facts(String action, String kind) {
    return Map.of("action", action, "identifiers", List.of(kind));
  }

  private static Problem conflict() {
    return new Problem(
        409,
        "identifier_conflict",
        "The other account is another customer's already, or you have another identifier of its"
            + " kind: unlink that one first");
  }

  private static String id(Request request) {
    String id = request.path("id");
    if (!ID.matcher(id).matches()) {
      throw Problem.badRequest(
          "invalid_parameter", "The id is one of those that the list of identifiers shows");
    }
    return id;
  }

  private static Problem unknown() {
    return new Problem(404, "unknown_identifier", "The customer has no identifier of this id");
  }

  private static ObjectNode listed(List<Link> links) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode all = body.putArray("identifiers");
    links.forEach(link -> all.add(shown(link)));
    return body;
  }

  private static ObjectNode shown(Link link) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("id", link.id()).put("kind", link.kind());
    if (!link.by().isEmpty()) {
      node.put("linkedBy", link.by()).put("linkedAt", link.at().toString());
    }
    return node;
  }
}
