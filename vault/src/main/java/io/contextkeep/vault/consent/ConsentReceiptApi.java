package io.contextkeep.vault.consent;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Customers' receipts, and what is needed to verify one: the public key, and the list that says
 * which receipts are current.
 */
final class ConsentReceiptApi implements Routes.Api {
  private static final int MAX_RECEIPTS = 1_000;
  private static final int MAX_LISTS = 64;
  private static final int MAX_AGE_SECONDS = 60;

  private final CustomerSession me;
  private final Db db;
  private final ConsentReceipts receipts;
  private final InstantSource clock;

  /** A signed list. It is kept for a while, since anyone may ask for it at any rate. */
  private record Made(Instant at, Optional<String> list) {}

  private final Map<Long, Made> lists = new ConcurrentHashMap<>();

  ConsentReceiptApi(CustomerSession me, Db db, ConsentReceipts receipts, InstantSource clock) {
    this.me = me;
    this.db = db;
    this.receipts = receipts;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/me/receipts").as(Role.CUSTOMER).paged().handle(this::all);
    routes
        .route(GET, "/v1/me/receipts/:number")
        .as(Role.CUSTOMER)
        .giving(Media.JOSE)
        .handle(this::receipt);
    routes.route(GET, "/v1/consent-receipts/jwks").anonymous(Media.JSON).handle(this::keys);
    routes
        .route(GET, "/v1/consent-receipts/status/:list")
        .anonymous(Media.STATUS_LIST)
        .handle(this::status);
  }

  private record Receipts(List<Receipt> receipts, Optional<String> next) implements Paged {}

  /**
   * A receipt that was given.
   *
   * @param current whether no later change concerns its consents
   */
  private record Receipt(long number, Instant at, boolean current) {
    static Receipt of(ConsentReceipts.Kept kept) {
      return new Receipt(kept.number(), kept.at(), kept.current());
    }
  }

  private Answer all(Request request) {
    Page page = request.page(MAX_RECEIPTS);
    long before = page.afterNumber().orElse(Long.MAX_VALUE);
    SubjectId subject = me.subject(request);
    List<ConsentReceipts.Kept> kept =
        db.inRead(c -> ConsentReceipts.of(c, subject, before, page.limit()));
    me.recordView(request, subject, "receipts");
    return Answer.ok(
        new Receipts(
            kept.stream().map(Receipt::of).toList(),
            page.next(kept, one -> String.valueOf(one.number()))));
  }

  private Answer receipt(Request request) {
    String number = request.path("number");
    SubjectId subject = me.subject(request);
    ConsentReceipts.Signed signed =
        Optional.of(number)
            .filter(text -> text.matches("[0-9]{1,18}"))
            .flatMap(text -> db.inRead(c -> receipts.signed(c, subject, Long.parseLong(text))))
            .orElseThrow(
                () ->
                    new Problem(
                        404,
                        "no_such_receipt",
                        "You have no receipt of this number; GET /v1/me/receipts lists yours"));
    me.recordView(request, subject, "receipt");
    return Answer.text(Media.JOSE, signed.jws());
  }

  private Answer keys(OpenRequest request) {
    return Answer.text(Media.JSON, receipts.jwks());
  }

  private Answer status(OpenRequest request) {
    String list = request.path("list");
    if (!list.matches("0|[1-9][0-9]{0,11}")) {
      throw Problem.badRequest(
          "invalid_list", "The number of a list is a whole number without leading zeros");
    }
    return made(Long.parseLong(list))
        .map(text -> Answer.text(Media.STATUS_LIST, text))
        .map(answer -> answer.with(Map.of("Cache-Control", "public, max-age=" + MAX_AGE_SECONDS)))
        .orElseThrow(
            () ->
                new Problem(
                    404, "no_such_list", "No receipt has been given that would be in this list"));
  }

  private Optional<String> made(long list) {
    Instant now = clock.instant();
    if (lists.size() > MAX_LISTS) {
      lists.clear();
    }
    return lists
        .compute(
            list,
            (_, held) ->
                held != null && held.at().plusSeconds(MAX_AGE_SECONDS).isAfter(now)
                    ? held
                    : new Made(now, db.inRead(c -> receipts.status(c, list, now))))
        .list();
  }
}
