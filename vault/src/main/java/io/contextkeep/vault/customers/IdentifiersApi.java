package io.contextkeep.vault.customers;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

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
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Text;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The identifiers of a customer: listed without their values, linked by the customer with proof of
 * the other account, and unlinked by the customer or an operator.
 */
final class IdentifiersApi implements Routes.Api {
  /** The maximum age of a proof of another account. */
  private static final Duration MAX_PROOF_AGE = Duration.ofMinutes(10);

  private static final int MAX_IDENTIFIERS = 1_000;
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

  /**
   * The body of a request to link another account.
   *
   * @param token a customer's token for that account
   */
  private record Proof(@Text(max = 8_192) String token) {
    @Override
    public String toString() {
      return "Proof[redacted]";
    }
  }

  private record Identifiers(List<ShownLink> identifiers, Optional<String> next) implements Paged {}

  /** An identifier without its value. */
  private record ShownLink(
      String id, String kind, Optional<String> linkedBy, Optional<Instant> linkedAt) {

    static ShownLink of(Link link) {
      Optional<Link> attributed = Optional.of(link).filter(it -> !it.by().isEmpty());
      return new ShownLink(
          link.id(), link.kind(), attributed.map(Link::by), attributed.map(Link::at));
    }
  }

  private record Unlinked(String unlinked) {}

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/me/identifiers").as(Role.CUSTOMER).paged().handle(this::mine);
    routes.route(POST, "/v1/me/identifiers").as(Role.CUSTOMER).body(Proof.class).handle(this::link);
    routes.route(DELETE, "/v1/me/identifiers/:id").as(Role.CUSTOMER).handle(this::unlinkMine);
    routes
        .route(GET, "/v1/customers/:customer/identifiers")
        .as(Role.OPERATOR)
        .paged()
        .handle(this::ofCustomer);
    routes
        .route(DELETE, "/v1/customers/:customer/identifiers/:id")
        .as(Role.OPERATOR)
        .handle(this::unlinkForCustomer);
  }

  private Answer mine(Request request) {
    Page page = request.page(MAX_IDENTIFIERS);
    SubjectId subject = me.subject(request);
    me.recordView(request, subject, "identifiers");
    return listed(page, subject);
  }

  private Answer listed(Page page, SubjectId subject) {
    List<Link> links = page.of(db.inRead(c -> customers.links(c, subject)), Link::place);
    return Answer.ok(
        new Identifiers(links.stream().map(ShownLink::of).toList(), page.next(links, Link::place)));
  }

  /** Links the account of another token, which shows that the customer can sign in to both. */
  private Answer link(Request request, Proof proof) {
    Identifier other = proved(proof.token());
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
    return Answer.ok(ShownLink.of(link));
  }

  private Identifier proved(String token) {
    try {
      Caller other = tokens.proof(token, MAX_PROOF_AGE);
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
        "The field 'token' must be a customer's token for the other account, issued within the last"
            + " "
            + MAX_PROOF_AGE.toMinutes()
            + " minutes");
  }

  /** Unlinks an identifier, except the one of the account that the customer is signed in with. */
  private Answer unlinkMine(Request request) {
    SubjectId subject = me.subject(request);
    Identifier account = CustomerSession.account(request);
    Link link = db.inRead(c -> link(c, subject, id(request)));
    if (db.inRead(c -> customers.linkOf(c, account)).equals(Optional.of(link))) {
      throw new Problem(
          409,
          "own_account",
          "You are signed in with this identifier; sign in with another one to unlink it");
    }
    me.changed(
        request,
        subject,
        EntryType.LINK,
        facts("unlink", link.kind()),
        false,
        c -> customers.unlink(c, link, clock.instant()));
    return Answer.ok(new Unlinked(link.id()));
  }

  private Answer ofCustomer(Request request) {
    Page page = request.page(MAX_IDENTIFIERS);
    SubjectId subject = customer(request);
    looks.record(request, "identifiers", Optional.of(subject.value()));
    return listed(page, subject);
  }

  /** Unlinks an identifier unless it is the last: without one, the customer cannot be found. */
  private Answer unlinkForCustomer(Request request) {
    SubjectId subject = customer(request);
    String id = id(request);
    SubjectKey key = me.key(subject);
    db.inWrite(
        c -> {
          Link link = link(c, subject, id);
          if (customers.links(c, subject).size() == 1) {
            throw new Problem(
                409,
                "last_identifier",
                "This is the customer's last identifier; without one they cannot be found");
          }
          customers.unlink(c, link, clock.instant());
          TreeMap<String, Object> facts = request.actor().facts();
          facts.putAll(facts("unlink", link.kind()));
          return log.stage(
              c, AuditEntry.of(EntryType.LINK, facts).about(subject.value(), key, Map.of()));
        });
    return Answer.ok(new Unlinked(id));
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
        "The other account belongs to another customer, or you have another identifier of its"
            + " kind: unlink that one first");
  }

  private static String id(Request request) {
    String id = request.path("id");
    if (!ID.matcher(id).matches()) {
      throw Problem.badRequest(
          "invalid_parameter", "The id must be one from the list of identifiers");
    }
    return id;
  }

  private static Problem unknown() {
    return new Problem(
        404,
        "unknown_identifier",
        "The customer has no identifier with this id; list the identifiers to find it");
  }
}
