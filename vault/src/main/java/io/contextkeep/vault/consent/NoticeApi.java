package io.contextkeep.vault.consent;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PUT;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
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
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The notices that customers are shown before they consent. Operators put them, in versions that
 * never change; every caller with a token can read them and get a receipt of their existence.
 */
final class NoticeApi implements Routes.Api {
  private static final int MAX_NOTICES = 100;
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

  /** A notice under the name by which a consent refers to it. */
  private record Shown(String notice, @JsonUnwrapped NoticeDocument document) {
    static Shown of(Notice notice) {
      return new Shown(notice.reference(), NoticeDocument.of(notice));
    }
  }

  private record All(List<Shown> notices, Optional<String> next) implements Paged {}

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/notices").anyRole().paged().handle(this::all);
    routes.route(GET, "/v1/notices/:id/:version").anyRole().handle(this::notice);
    routes
        .route(PUT, "/v1/notices/:id/:version")
        .as(Role.OPERATOR)
        .body(NoticeDocument.class)
        .handle(this::put);
    routes
        .route(GET, "/v1/notices/:id/:version/receipt")
        .anyRole()
        .query("language")
        .giving(Media.JOSE)
        .handle(this::receipt);
  }

  private Answer put(Request request, NoticeDocument document) {
    Notice notice = document.notice(id(request), version(request));
    check(notice);
    TreeMap<String, Object> facts = request.actor().facts();
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
    if (put == Notices.Put.DIFFERENT) {
      throw new Problem(
          409, "version_is_fixed", "This version exists and never changes; put the next version");
    }
    return put == Notices.Put.NEW
        ? Answer.created("/v1/notices/" + notice.id() + "/" + notice.version(), Shown.of(notice))
        : Answer.ok(Shown.of(notice));
  }

  private void check(Notice notice) {
    try {
      notice.texts().forEach(text -> receipts.check(notice, text, now()));
    } catch (ShapeRefused refused) {
      throw Problem.badRequest("invalid_notice", String.join("; ", refused.faults()));
    }
    List<Party> recipients = notice.recipients();
    for (int i = 0; i < recipients.size(); i++) {
      String app = recipients.get(i).id().substring(Urns.app("").length());
      if (registry.app(app).isEmpty()) {
        throw new Problem(
            404,
            "unknown_app",
            "The field 'recipients["
                + i
                + "].app' names no registered app; GET /v1/apps lists them all");
      }
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String id(Request request) {
    String id = request.path("id");
    if (!ID.matcher(id).matches()) {
      throw Problem.badRequest(
          "invalid_name",
          "The name of a notice is a lower-case letter and up to 39 more, digits or hyphens");
    }
    return id;
  }

  private static int version(Request request) {
    String version = request.path("version");
    if (!version.matches("[1-9][0-9]{0,5}")) {
      throw Problem.badRequest(
          "invalid_version", "The version of a notice is a whole number from 1 to 999999");
    }
    return Integer.parseInt(version);
  }

  private Answer all(Request request) {
    Page page = request.page(MAX_NOTICES);
    Optional<NoticeReference> after = page.after(NoticeReference::parse);
    List<Notice> found = db.inRead(c -> notices.page(c, after, page.limit()));
    return Answer.ok(
        new All(found.stream().map(Shown::of).toList(), page.next(found, Notice::reference)));
  }

  private Answer notice(Request request) {
    return Answer.ok(Shown.of(found(request)));
  }

  /** Answers with a receipt of the notice, for people to whom it was shown. It names no person. */
  private Answer receipt(Request request) {
    Notice notice = found(request);
    Notice.Text text =
        notice
            .text(request.query("language"))
            .orElseThrow(
                () ->
                    new Problem(
                        404,
                        "no_such_language",
                        "The notice exists in the languages "
                            + notice.texts().stream().map(Notice.Text::language).toList()));
    return Answer.text(Media.JOSE, receipts.signed(notice, text, now()));
  }

  private Notice found(Request request) {
    String id = id(request);
    int version = version(request);
    return db.inRead(c -> notices.find(c, id, version))
        .orElseThrow(
            () ->
                new Problem(
                    404,
                    "unknown_notice",
                    "No notice has this name and version; GET /v1/notices lists them all"));
  }
}
