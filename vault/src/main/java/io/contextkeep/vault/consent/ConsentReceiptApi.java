package io.contextkeep.vault.consent;

import static io.vertx.core.http.HttpMethod.GET;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.OpenRequest;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Customers' receipts, again whenever they want them, and what everybody needs to check one: the
 * key, and the list that says which still tell how things stand.
 */
final class ConsentReceiptApi implements Routes.Api {
  private static final int LISTS_KEPT = 64;
  private static final int KEPT_SECONDS = 60;

  private final CustomerSession me;
  private final Db db;
  private final ConsentReceipts receipts;
  private final InstantSource clock;

  /** A list as it was signed. Everybody may ask, so it is not made for each who does. */
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
    routes
        .as(Role.CUSTOMER)
        .get("/v1/me/receipts", this::all)
        .on(
            HttpMethod.GET,
            "/v1/me/receipts/:number",
            Media.NO_BODY.giving(List.of(Media.JOSE)),
            this::receipt);
    routes.route(GET, "/v1/consent-receipts/jwks").anonymous(Media.JSON).handle(this::keys);
    routes
        .route(GET, "/v1/consent-receipts/status/:list")
        .anonymous(Media.STATUS_LIST)
        .handle(this::status);
  }

  Answer all(Request request) {
    request.onlyQuery();
    SubjectId subject = me.subject(request);
    List<ConsentReceipts.Kept> kept = db.inRead(c -> ConsentReceipts.of(c, subject));
    me.recordView(request, subject, "receipts");
    return Answer.ok(Map.of("receipts", kept.stream().map(ConsentReceiptApi::json).toList()));
  }

  private static ObjectNode json(ConsentReceipts.Kept kept) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("number", kept.number());
    json.put("at", kept.at().toString());
    json.put("current", kept.current());
    return json;
  }

  Answer receipt(Request request) {
    request.onlyQuery();
    String number = request.path("number");
    SubjectId subject = me.subject(request);
    ConsentReceipts.Signed signed =
        Optional.of(number)
            .filter(text -> text.matches("[0-9]{1,18}"))
            .flatMap(text -> db.inRead(c -> receipts.signed(c, subject, Long.parseLong(text))))
            .orElseThrow(() -> new Problem(404, "no_such_receipt", "You have no such receipt"));
    me.recordView(request, subject, "receipt");
    return Answer.text(Media.JOSE, signed.jws());
  }

  private Answer keys(OpenRequest request) {
    return Answer.text(Media.JSON, receipts.jwks());
  }

  private Answer status(OpenRequest request) {
    String list = request.path("list");
    if (!list.matches("0|[1-9][0-9]{0,11}")) {
      throw Problem.badRequest("invalid_list", "A list's number is a whole number");
    }
    return made(Long.parseLong(list))
        .map(text -> Answer.text(Media.STATUS_LIST, text))
        .map(answer -> answer.with(Map.of("Cache-Control", "public, max-age=" + KEPT_SECONDS)))
        .orElseThrow(() -> new Problem(404, "no_such_list", "No receipt is in that list yet"));
  }

  private Optional<String> made(long list) {
    Instant now = clock.instant();
    if (lists.size() > LISTS_KEPT) {
      lists.clear();
    }
    return lists
        .compute(
            list,
            (_, held) ->
                held != null && held.at().plusSeconds(KEPT_SECONDS).isAfter(now)
                    ? held
                    : new Made(now, db.inRead(c -> receipts.status(c, list, now))))
        .list();
  }
}
