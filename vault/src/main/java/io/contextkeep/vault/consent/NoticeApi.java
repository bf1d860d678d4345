package io.contextkeep.vault.consent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.records.Notice;
import io.contextkeep.ontology.records.Party;
import io.contextkeep.ontology.records.ShapeRefused;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.vertx.core.http.HttpMethod;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The notices that customers are shown before they say yes. Operators put them, in versions that
 * never change; everybody with a token reads them, and gets a receipt that one existed.
 */
final class NoticeApi implements Routes.Api {
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,39}");

  private final Db db;
  private final Registry registry;
  private final Notices notices;
  private final ConsentReceipts receipts;
  private final AuditLog log;
  private final InstantSource clock;

  NoticeApi(
      Db db,
      Registry registry,
      Notices notices,
      ConsentReceipts receipts,
      AuditLog log,
      InstantSource clock) {
    this.db = db;
    this.registry = registry;
    this.notices = notices;
    this.receipts = receipts;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes.as(Role.OPERATOR).put("/v1/notices/:id/:version", this::put);
    routes
        .asAnybodyKnown()
        .get("/v1/notices", this::all)
        .get("/v1/notices/:id/:version", this::notice)
        .on(
            HttpMethod.GET,
            "/v1/notices/:id/:version/receipt",
            Media.NO_BODY.giving(List.of(Media.JOSE)),
            this::receipt);
  }

  Answer put(Request request) {
    request.onlyQuery();
    Notice notice = read(request);
    for (Party recipient : notice.recipients()) {
      if (registry.app(recipient.id().substring(Urns.app("").length())).isEmpty()) {
        throw new Problem(404, "unknown_app", "A notice names as recipients apps of the vault");
      }
    }
    TreeMap<String, Object> facts = new TreeMap<>(request.who());
    facts.putAll(Map.of("action", "notice.put", "target", notice.reference()));
    Notices.Put put =
        db.inWrite(
            c -> {
              Notices.Put done = notices.put(c, notice, now());
              if (done == Notices.Put.NEW) {
                log.stage(c, AuditEntry.of(EntryType.ADMIN, facts));
              }
              return done;
            });
    if (put == Notices.Put.ANOTHER) {
      throw new Problem(
          409, "version_is_fixed", "This version was shown to customers: put the next one");
    }
    return Answer.ok(json(notice));
  }

  private Notice read(Request request) {
    try {
      Notice notice = NoticeJson.read(id(request), version(request), Json.object(request.body()));
      notice.texts().forEach(text -> receipts.check(notice, text, now()));
      return notice;
    } catch (ShapeRefused refused) {
      throw Problem.badRequest("invalid_notice", String.join("; ", refused.faults()));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("invalid_field", String.valueOf(e.getMessage()));
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String id(Request request) {
    String id = request.path("id");
    if (!ID.matcher(id).matches()) {
      throw Problem.badRequest(
          "invalid_name", "A notice's name is a small letter and up to 39 more, digits or hyphens");
    }
    return id;
  }

  private static int version(Request request) {
    String version = request.path("version");
    if (!version.matches("[1-9][0-9]{0,5}")) {
      throw Problem.badRequest("invalid_version", "A version is a whole number from 1 on");
    }
    return Integer.parseInt(version);
  }

  Answer all(Request request) {
    request.onlyQuery();
    return Answer.ok(
        Map.of("notices", db.inRead(notices::all).stream().map(NoticeApi::json).toList()));
  }

  Answer notice(Request request) {
    request.onlyQuery();
    return Answer.ok(json(found(request)));
  }

  /** For whoever was shown it and has said nothing yet: it names nobody. */
  Answer receipt(Request request) {
    request.onlyQuery("language");
    Notice notice = found(request);
    Optional<String> language = request.query("language");
    Notice.Text text =
        notice
            .text(language)
            .orElseThrow(
                () ->
                    new Problem(
                        404, "no_such_language", "The notice does not exist in that language"));
    return Answer.text(Media.JOSE, receipts.signed(notice, text, now()));
  }

  private Notice found(Request request) {
    String id = id(request);
    int version = version(request);
    return db.inRead(c -> notices.find(c, id, version))
        .orElseThrow(() -> new Problem(404, "unknown_notice", "There is no such notice"));
  }

  private static ObjectNode json(Notice notice) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("notice", notice.reference());
    json.setAll(NoticeJson.write(notice));
    return json;
  }
}
