package io.contextkeep.vault.erasure;

import static io.vertx.core.http.HttpMethod.GET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.erasure.ErasureNotices.Notice;
import io.contextkeep.vault.erasure.ErasureNotices.Outcome;
import io.contextkeep.vault.erasure.RecipientNotices.Acknowledged;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.OpenRequest;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.util.List;
import java.util.Set;

/**
 * What is left of an erasure: the certificate, for whoever knows its number, since who was erased
 * has no account here any more; and the notices, for the apps that had been given the data.
 */
final class ErasureApi implements Routes.Api {
  private static final int MOST = 100;
  private static final int MOST_OPEN = 1_000;

  private final Db db;
  private final ErasureAnswers answers;
  private final Certificates certificates;
  private final RecipientNotices notices;
  private final AuditorAccessLog looks;

  ErasureApi(Db db, Certificates certificates, RecipientNotices notices, AuditorAccessLog looks) {
    this.db = db;
    this.answers = new ErasureAnswers(db, certificates);
    this.certificates = certificates;
    this.notices = notices;
    this.looks = looks;
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/erasures").anonymous(Media.JSON).handle(this::byCode);
    routes.route(GET, "/v1/erasures/:number").anonymous(Media.JOSE).handle(this::certificate);
    routes
        .as(Role.APP)
        .get("/v1/erasure-notices", this::mine)
        .post("/v1/erasure-notices/:notice/acknowledgement", this::acknowledge);
    routes
        .as(Role.OPERATOR, Role.AUDITOR)
        .get("/v1/erasure-notices/unacknowledged", this::unacknowledged);
  }

  /** What the erasure was answered with, for those who lost the answer and chose a code before. */
  private Answer byCode(OpenRequest request) {
    ReceiptCode code =
        ErasureAnswers.code(request.single(ErasureAnswers.CODE))
            .orElseThrow(
                () ->
                    Problem.badRequest(
                        "missing_header",
                        "Send the "
                            + ErasureAnswers.CODE
                            + " that the erasure was asked for with, as a header"));
    return answers
        .of(code)
        .orElseThrow(
            () -> new Problem(404, "no_such_certificate", "No erasure was asked for with this"));
  }

  private Answer certificate(OpenRequest request) {
    String number = request.path("number");
    if (!number.matches("[0-9a-f]{64}")) {
      throw Problem.badRequest("invalid_number", "A certificate's number is 64 hexadecimal digits");
    }
    return db.inRead(c -> certificates.signed(c, number))
        .map(jws -> Answer.text(Media.JOSE, jws))
        .orElseThrow(() -> notYet(number));
  }

  private Problem notYet(String number) {
    return db.inRead(c -> ErasureCertificates.isKnown(c, number))
        ? new Problem(
            409, "erasure_under_way", "The erasure is not finished yet; ask again in a minute")
        : new Problem(404, "no_such_certificate", "No certificate has this number");
  }

  /** Those that the app has not acknowledged yet, as signed tokens. */
  Answer mine(Request request) {
    request.onlyQuery("limit");
    int limit = request.head() ? 0 : request.limit(MOST);
    RecipientNotices.Handed handed =
        notices.handOver(request.caller().id(), request.actor(), limit);
    ObjectNode body = Json.MAPPER.createObjectNode();
    ObjectNode sets = body.putObject("sets");
    handed.tokens().forEach(sets::put);
    body.put("moreAvailable", handed.more());
    return Answer.ok(body);
  }

  Answer acknowledge(Request request) {
    request.onlyQuery();
    JsonNode body = Json.object(request.body());
    Json.only(body, Set.of("outcome"));
    Outcome outcome =
        Outcome.parse(Json.text(body, "outcome", 20))
            .orElseThrow(
                () ->
                    Problem.badRequest(
                        "invalid_field",
                        "The field 'outcome' is one of "
                            + List.of(Outcome.values()).stream().map(Outcome::code).toList()));
    return switch (notices.acknowledge(
        request.caller().id(), request.path("notice"), outcome, request.actor())) {
      case Acknowledged.Taken(Notice notice) -> Answer.ok(json(notice));
      case Acknowledged.Unknown _ ->
          throw new Problem(404, "no_such_notice", "You were sent no such notice");
      case Acknowledged.Otherwise _ ->
          throw new Problem(
              409, "already_acknowledged", "You acknowledged this with another outcome");
    };
  }

  /** Which recipients have not said yet what they did. */
  Answer unacknowledged(Request request) {
    request.onlyQuery();
    if (request.caller().role() == Role.AUDITOR) {
      looks.record(request, "erasure-notices");
    }
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode open = body.putArray("notices");
    for (Notice notice : notices.open(MOST_OPEN)) {
      open.add(
          json(notice)
              .put("app", notice.app())
              .put("tries", notice.tries())
              .put("givenUpAt", notices.givenUpAt(notice).toString()));
    }
    body.put("unacknowledged", notices.unacknowledged());
    return Answer.ok(body);
  }

  private static ObjectNode json(Notice notice) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("notice", notice.jti());
    json.put("state", notice.state().name());
    json.put("issued", notice.issued().toString());
    notice.told().ifPresent(at -> json.put("told", at.toString()));
    notice.closed().ifPresent(at -> json.put("closed", at.toString()));
    notice.outcome().ifPresent(outcome -> json.put("outcome", outcome.code()));
    return json;
  }
}
