package io.contextkeep.vault.rights;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.Rfc3339;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.net.Outgoing;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.OpenRequest;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.RequestId;
import io.contextkeep.vault.web.Routes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The Data Rights Protocol, for agents whom customers authorised: the vault is a Privacy
 * Infrastructure Provider. A message is accepted once, if a registered agent signed it, for this
 * business, and it has not expired. Errors have the protocol's form (section 3.06) with a coded
 * reason.
 */
final class DataRightsApi implements Routes.Api {
  private static final String REGIME = "ccpa";
  private static final String JURISDICTION = "loc:US-CA";

  /** The longest validity of a message, which is remembered for as long. */
  private static final Duration MAX_VALIDITY = Duration.ofHours(24);

  /** The field of a message that makes a request. */
  private static final String EXERCISE = "exercise";

  /** The field of a message that revokes a request. */
  private static final String REQUEST = "request-id";

  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** The claims that name a customer, each with its kind of identifier. */
  private static final Map<String, String> IDENTIFIERS =
      Map.of("email", "email", "phone_number", "phone");

  private static final Map<String, Right> EXERCISES =
      Map.of(
          "sale:opt-out", Right.OPT_OUT,
          "sale:opt_out", Right.OPT_OUT,
          "deletion", Right.ERASURE,
          "access", Right.ACCESS,
          "access:categories", Right.ACCESS,
          "access:specific", Right.ACCESS);

  private final Db db;
  private final Customers customers;
  private final Agents agents;
  private final RightsRequestService requests;
  private final RightsCases register;

  /** This vault's business in the protocol; empty where agents are not answered. */
  private final Optional<String> business;

  private final Outgoing outgoing;
  private final InstantSource clock;

  DataRightsApi(
      Db db,
      Customers customers,
      RightsRequestService requests,
      RightsCases register,
      Outgoing outgoing,
      InstantSource clock) {
    this.db = db;
    this.customers = customers;
    this.agents = register.agents();
    this.requests = requests;
    this.register = register;
    this.business = register.settings().business();
    this.outgoing = outgoing;
    this.clock = clock;
  }

  /** A refusal in the protocol's form (section 3.06), with a coded reason. */
  private record ProtocolError(String code, String message, String reason) {}

  private record Token(@JsonProperty("agent-id") String agentId, String token) {}

  /** The information about an agent, which is empty in this vault. */
  private record AgentInformation() {}

  @Override
  public void mount(Routes routes) {
    String one = "/v1/data-rights-request/:request";
    String agent = "/v1/agent/:agent";
    routes
        .route(POST, "/v1/data-rights-request")
        .anonymous(Media.JSON)
        .handle(answering(this::exercise));
    routes.route(GET, one).anonymous(Media.JSON).handle(answering(this::status));
    routes.route(DELETE, one).anonymous(Media.JSON).handle(answering(this::revoke));
    routes.route(POST, agent).anonymous(Media.JSON).handle(answering(this::pair));
    routes.route(GET, agent).anonymous(Media.JSON).handle(answering(this::paired));
  }

  /** The exception that {@link ProtocolError} is made of. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String reason;

    Refused(int status, String reason, String message) {
      super(message, null, false, false);
      this.status = status;
      this.reason = reason;
    }
  }

  private Function<OpenRequest, Answer> answering(Function<OpenRequest, Answer> handler) {
    return request -> {
      if (business.isEmpty()) {
        throw new Problem(
            404, "no_data_rights_protocol", "This vault takes no part in the Data Rights Protocol");
      }
      try {
        return handler.apply(request);
      } catch (Refused refused) {
        return refused(refused.status, refused.reason, String.valueOf(refused.getMessage()));
      } catch (Problem problem) {
        return refused(problem.status(), problem.code(), String.valueOf(problem.getMessage()));
      }
    };
  }

  private static Answer refused(int status, String reason, String message) {
    return Answer.json(status, new ProtocolError(String.valueOf(status), message, reason));
  }

  /** A verified message, and the end of its validity. */
  private record Verified(Agent agent, SignedMessage message, JsonNode json, Instant until) {}

  /** Gives a token to the holder of the agent's key (section 2.05). A refusal has no body. */
  private Answer pair(OpenRequest request) {
    try {
      String id = request.path("agent");
      Agent agent =
          Optional.of(id)
              .filter(Agent::isId)
              .flatMap(text -> db.inRead(c -> agents.find(c, text)))
              .orElseThrow(
                  () -> new Refused(403, "unknown_agent", "No agent of this id is registered"));
      Verified verified = verified(request, agent);
      checkIsFor(verified, EXERCISE, false);
      checkIsFor(verified, REQUEST, false);
      String token =
          db.inWrite(
              c -> {
                once(c, verified);
                return agents.newToken(c, agent);
              });
      return Answer.ok(new Token(agent.id(), token));
    } catch (Refused refused) {
      return new Answer(403, Media.UTF_8_TEXT, new byte[0]);
    }
  }

  /** Tells whether a token is valid (section 2.06). */
  private Answer paired(OpenRequest request) {
    if (!ofToken(request).id().equals(request.path("agent"))) {
      throw new Refused(403, "wrong_agent", "The token belongs to another agent");
    }
    return Answer.ok(new AgentInformation());
  }

  /** Makes a request (section 2.01). */
  private Answer exercise(OpenRequest request) {
    Verified verified = verified(request, ofToken(request));
    checkIsFor(verified, REQUEST, false);
    Right right =
        Optional.ofNullable(EXERCISES.get(text(verified.json(), EXERCISE)))
            .orElseThrow(
                () ->
                    new Refused(
                        400,
                        "unsupported_exercise",
                        "The field 'exercise' must be one of "
                            + new TreeSet<>(EXERCISES.keySet())));
    if (verified.json().has("regime") && !text(verified.json(), "regime").equals(REGIME)) {
      throw new Refused(400, "unsupported_regime", "The field 'regime' must be " + REGIME);
    }
    Optional<String> callback = callback(verified.json());
    Optional<String> called = called(verified.json());
    RulePack pack = register.rules().at(JURISDICTION).orElseGet(register.rules()::usual);
    List<Identifier> claims = claims(verified.json());
    Optional<SubjectId> subject = db.inRead(c -> found(c, claims));
    String id = RequestId.next();
    Actor actor = actor(id, verified.agent());
    RightsRequestService.SameTransaction also =
        (c, one) -> {
          once(c, verified);
          agents.made(c, verified.agent(), one.id(), called, callback, one.steps().size());
        };
    RightsRequestDraft draft = RightsRequestDraft.of(pack, right);
    return Answer.ok(
        ExerciseStatus.of(
            subject
                .map(known -> requests.submit(id, actor, known, draft, also))
                .orElseGet(() -> rejected(actor, draft, claims, also)),
            called));
  }

  private static Actor actor(String request, Agent agent) {
    return Actor.in(request, agent.id(), "agent");
  }

  /** Opens a case that is rejected at once, since no verified customer was found. */
  private RightsCase rejected(
      Actor actor,
      RightsRequestDraft draft,
      List<Identifier> claims,
      RightsRequestService.SameTransaction also) {
    String why = claims.isEmpty() ? ExerciseStatus.UNVERIFIED : ExerciseStatus.NO_MATCH;
    return db.inWrite(
        c -> {
          RightsCase one =
              register
                  .casework()
                  .open(
                      c,
                      actor,
                      Optional.empty(),
                      draft.pack(),
                      draft.right(),
                      RightsCase.Matter.NONE);
          RightsCase rejected =
              register
                  .casework()
                  .step(c, actor, one, RequestState.REJECTED, Casework.Note.because(why));
          also.write(c, rejected);
          return rejected;
        });
  }

  /** Shows the status of a request to the agent that made it (section 2.02). */
  private Answer status(OpenRequest request) {
    Agent agent = ofToken(request);
    return Answer.ok(db.inRead(c -> shown(c, managed(c, agent, request))));
  }

  private RightsCase managed(Connection c, Agent agent, OpenRequest request) throws SQLException {
    String id = ExerciseStatus.caseId(request.path("request"));
    if (!agents.manages(c, agent, id)) {
      throw new Refused(403, "not_your_request", "No request of this agent has this id");
    }
    return register
        .cases()
        .find(c, id)
        .orElseThrow(() -> new Refused(404, "no_such_request", "The request is no longer kept"));
  }

  /** Revokes a request (section 2.04). The reason is free text by a person and is not kept. */
  private Answer revoke(OpenRequest request) {
    Agent agent = ofToken(request);
    Verified verified = verified(request, agent);
    checkIsFor(verified, EXERCISE, false);
    checkIsFor(verified, REQUEST, true);
    if (!ExerciseStatus.caseId(text(verified.json(), REQUEST))
        .equals(ExerciseStatus.caseId(request.path("request")))) {
      throw new Refused(
          403, "wrong_request", "The field 'request-id' must name the request of the path");
    }
    Actor actor = actor(RequestId.next(), agent);
    return Answer.ok(
        db.inWrite(
            c -> {
              RightsCase one = managed(c, agent, request);
              once(c, verified);
              return shown(c, revoked(c, actor, one));
            }));
  }

  private ExerciseStatus shown(Connection c, RightsCase one) throws SQLException {
    return ExerciseStatus.of(one, agents.called(c, one.id()));
  }

  /**
   * Checks the purpose of the message, so that one that was signed for another call is refused.
   *
   * @param needed whether the message must have the field
   */
  private static void checkIsFor(Verified verified, String field, boolean needed) {
    if (verified.json().has(field) != needed) {
      throw new Refused(
          403,
          "wrong_act",
          needed
              ? "The message must name the request in the field '" + field + "'"
              : "The message must not have the field '" + field + "', which is for another call");
    }
  }

  /** Returns the agent's name for the request: a code, since it is kept in clear. */
  private static Optional<String> called(JsonNode json) {
    Optional<String> called = Json.optionalText(json, "agent-request-id", 64);
    if (called.filter(text -> !CODE.matcher(text).matches()).isPresent()) {
      throw new Refused(
          400,
          "invalid_agent_request_id",
          "The field 'agent-request-id' must be a code such as a UUID: letters, digits, '.', '_',"
              + " '-'");
    }
    return called;
  }

  private RightsCase revoked(Connection c, Actor actor, RightsCase one) throws SQLException {
    if (one.isBeingErased()) {
      throw new Refused(409, "being_erased", "The erasure was begun and cannot be undone");
    }
    Set<RequestState> next = one.state().next();
    return register
        .casework()
        .step(
            c,
            actor,
            one,
            next.contains(RequestState.REJECTED) ? RequestState.REJECTED : RequestState.UNFULFILLED,
            Casework.Note.because(ExerciseStatus.REVOKED));
  }

  private Agent ofToken(OpenRequest request) {
    String header = request.header("Authorization").orElse("");
    return Optional.of(header)
        .filter(text -> text.startsWith("Bearer "))
        .flatMap(text -> db.inRead(c -> agents.ofToken(c, text.substring("Bearer ".length()))))
        .orElseThrow(
            () ->
                new Refused(
                    401,
                    "unknown_token",
                    "Send the token of POST /v1/agent/{agent-id} as Authorization: Bearer"));
  }

  private static SignedMessage signed(OpenRequest request, Agent agent) {
    return SignedMessage.of(request.body(), agent)
        .orElseThrow(
            () ->
                new Refused(
                    403,
                    "not_signed",
                    "The body must be a message that is signed with the agent's registered key"));
  }

  /** Verifies the message, in the order of section 3.07. */
  private Verified verified(OpenRequest request, Agent agent) {
    SignedMessage message = signed(request, agent);
    JsonNode json = Json.object(message.bytes());
    if (!text(json, "agent-id").equals(agent.id())) {
      throw new Refused(403, "wrong_agent", "The field 'agent-id' must name the agent that signs");
    }
    if (!business.equals(Optional.of(text(json, "business-id")))) {
      throw new Refused(403, "wrong_business", "The field 'business-id' must name this business");
    }
    Instant now = clock.instant();
    Instant issued = time(json, "issued-at");
    Instant expires = time(json, "expires-at");
    if (now.isBefore(issued)) {
      throw new Refused(403, "not_yet_valid", "The field 'issued-at' is in the future");
    }
    if (!now.isBefore(expires)) {
      throw new Refused(403, "expired", "The field 'expires-at' has passed");
    }
    if (expires.isAfter(issued.plus(MAX_VALIDITY))) {
      throw new Refused(
          403,
          "valid_too_long",
          "The field 'expires-at' must be at most 24 hours after 'issued-at'");
    }
    return new Verified(agent, message, json, expires);
  }

  private void once(Connection c, Verified verified) throws SQLException {
    if (!agents.isNew(c, verified.message(), verified.until())) {
      throw new Refused(403, "replayed", "This message was sent before; sign a new one");
    }
  }

  private static String text(JsonNode json, String field) {
    return Json.text(json, field, 200);
  }

  private static Instant time(JsonNode json, String field) {
    return Rfc3339.parse(text(json, field))
        .orElseThrow(
            () ->
                new Refused(
                    400,
                    "invalid_time",
                    "The field '"
                        + field
                        + "' must be a time such as 2026-11-24T12:00:00Z (RFC 3339)"));
  }

  private Optional<String> callback(JsonNode json) {
    Optional<String> callback = Json.optionalText(json, "status_callback", 2_000);
    if (callback.filter(text -> !outgoing.accepts(text)).isPresent()) {
      throw new Refused(
          400,
          "invalid_callback",
          "The field 'status_callback' must be an https URL of a public host, without a password"
              + " or a fragment");
    }
    return callback;
  }

  /** Returns the identifiers that the agent verified; others are not looked up. */
  private static List<Identifier> claims(JsonNode json) {
    List<Identifier> claims = new ArrayList<>();
    IDENTIFIERS.forEach(
        (claim, kind) -> {
          if (json.path(claim + "_verified").isBoolean()
              && json.path(claim + "_verified").booleanValue()) {
            Json.optionalText(json, claim, 256)
                .flatMap(value -> Identifier.of(kind, value))
                .ifPresent(claims::add);
          }
        });
    return claims;
  }

  /** Returns the customer whom the claims name; empty where they name none, or two. */
  private Optional<SubjectId> found(Connection c, List<Identifier> claims) throws SQLException {
    Set<SubjectId> found = new HashSet<>();
    for (Identifier claim : claims) {
      customers.find(c, claim).ifPresent(found::add);
    }
    return found.size() == 1 ? Optional.of(found.iterator().next()) : Optional.empty();
  }
}
