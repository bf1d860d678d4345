package io.contextkeep.vault.erasure;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.erasure.ErasureNotices.Notice;
import io.contextkeep.vault.erasure.ErasureNotices.Outcome;
import io.contextkeep.vault.erasure.ErasureNotices.State;
import io.contextkeep.vault.erasure.RecipientNotices.Acknowledged;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.OpenRequest;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The certificates of erasures, for holders of the number, since an erased customer has no account
 * any more; and the notices of erasures, for the apps that received the data.
 */
final class ErasureApi implements Routes.Api {
  private static final int MAX_TOKENS = 100;
  private static final int MAX_OPEN = 1_000;

  private final Db db;
  private final ErasureAnswers answers;
  private final Certificates certificates;
  private final RecipientNotices notices;
  private final AuditorAccessLog accessLog;

  ErasureApi(
      Db db, Certificates certificates, RecipientNotices notices, AuditorAccessLog accessLog) {
    this.db = db;
    this.answers = new ErasureAnswers(db, certificates);
    this.certificates = certificates;
    this.notices = notices;
    this.accessLog = accessLog;
  }

  /** The open notices of an app as the Security Event Token profile has them (RFC 8936). */
  private record Tokens(Map<String, String> sets, boolean moreAvailable) {}

  private record Acknowledgement(Outcome outcome) {}

  private record Unacknowledged(List<Open> notices, long unacknowledged, Optional<String> next)
      implements Paged {}

  /** A notice as shown to its app. */
  private record Shown(
      String notice,
      State state,
      Instant issued,
      Optional<Instant> told,
      Optional<Instant> closed,
      Optional<Outcome> outcome) {
    static Shown of(Notice notice) {
      return new Shown(
          notice.jti(),
          notice.state(),
          notice.issued(),
          notice.told(),
          notice.closed(),
          notice.outcome());
    }
  }

  /**
   * A notice that its app has not acknowledged.
   *
   * @param tries how often the delivery failed
   */
  private record Open(@JsonUnwrapped Shown shown, String app, int tries, Instant givenUpAt) {}

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/erasures").anonymous(Media.JSON).handle(this::byCode);
    routes.route(GET, "/v1/erasures/:number").anonymous(Media.JOSE).handle(this::certificate);
    routes.route(GET, "/v1/erasure-notices").as(Role.APP).query("limit").handle(this::mine);
    routes
        .route(POST, "/v1/erasure-notices/:notice/acknowledgement")
        .as(Role.APP)
        .body(Acknowledgement.class)
        .handle(this::acknowledge);
    routes
        .route(GET, "/v1/erasure-notices/unacknowledged")
        .as(Role.OPERATOR, Role.AUDITOR)
        .paged()
        .handle(this::unacknowledged);
  }

  /** Repeats the answer of an erasure to the holder of its receipt code. */
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
            () ->
                new Problem(
                    404,
                    "no_such_certificate",
                    "No erasure was requested with this Idempotency-Key"));
  }

  private Answer certificate(OpenRequest request) {
    String number = request.path("number");
    if (!number.matches("[0-9a-f]{64}")) {
      throw Problem.badRequest(
          "invalid_number", "The number of a certificate is 64 hexadecimal digits in lower case");
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

  /** Gives the app the notices that it has not acknowledged, as signed tokens. */
  private Answer mine(Request request) {
    int limit = request.head() ? 0 : request.limit(MAX_TOKENS);
    RecipientNotices.Handed handed =
        notices.handOver(request.caller().id(), request.actor(), limit);
    return Answer.ok(new Tokens(handed.tokens(), handed.more()));
  }

  private Answer acknowledge(Request request, Acknowledgement acknowledgement) {
    return switch (notices.acknowledge(
        request.caller().id(),
        request.path("notice"),
        acknowledgement.outcome(),
        request.actor())) {
      case Acknowledged.Taken(Notice notice) -> Answer.ok(Shown.of(notice));
      case Acknowledged.Unknown _ ->
          throw new Problem(
              404,
              "no_such_notice",
              "No notice of this id was sent to you; GET /v1/erasure-notices gives the open ones");
      case Acknowledged.Otherwise _ ->
          throw new Problem(
              409, "already_acknowledged", "You acknowledged this notice with another outcome");
    };
  }

  /** Lists the notices that no app has acknowledged yet, the oldest first. */
  private Answer unacknowledged(Request request) {
    Page page = request.page(MAX_OPEN);
    long after = page.afterNumber().orElse(-1L);
    if (request.caller().role() == Role.AUDITOR) {
      accessLog.record(request, "erasure-notices");
    }
    List<Notice> found = notices.open(after, page.limit());
    List<Open> open =
        found.stream()
            .map(
                notice ->
                    new Open(
                        Shown.of(notice), notice.app(), notice.tries(), notices.givenUpAt(notice)))
            .toList();
    return Answer.ok(
        new Unacknowledged(
            open,
            notices.unacknowledged(),
            page.next(found, notice -> String.valueOf(notice.seq()))));
  }
}
