package io.contextkeep.vault.auditlog;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.Receipts;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.tree.TilePath;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.OpenRequest;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Tag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The audit log as files (C2SP tlog-tiles) and receipts (C2SP tlog-proof). Checkpoints, hashes and
 * receipts are public: they show the number of entries and nothing of their content. The entries
 * are for auditors, and each request for them is an entry.
 *
 * <p>A tile exists as soon as any signed checkpoint needs it, published or only in a receipt. Its
 * bytes never change, so caches may keep it permanently.
 */
final class LogRoutes implements Routes.Api {
  private static final String IMMUTABLE = "max-age=31536000, immutable";

  /** A new checkpoint is published about once a second. */
  private static final String ONE_SECOND = "public, max-age=1";

  private final Db db;
  private final AuditLog log;
  private final AuditorAccessLog looks;
  private final Optional<TrustPolicy> witnesses;

  /**
   * Makes the routes.
   *
   * @param witnesses the witnesses whose cosignatures receipts should have
   */
  LogRoutes(Db db, AuditLog log, AuditorAccessLog looks, Optional<TrustPolicy> witnesses) {
    this.witnesses = witnesses;
    this.db = db;
    this.log = log;
    this.looks = looks;
  }

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/audit/checkpoint").anonymous(Media.TEXT).handle(this::checkpoint);
    routes.route(GET, "/audit/vkeys").anonymous(Media.TEXT).handle(this::keys);
    routes.route(GET, "/v1/receipts/:index").anonymous(Media.TEXT).handle(this::receipt);
    forAuditors(routes, "/audit/tile/entries/:bundle*", Media.BYTES).handle(this::entries);
    forAuditors(routes, "/audit/pruned/:bundle*", Media.BYTES).handle(this::pruned);
    forAuditors(routes, "/audit/checkpoints", Media.TEXT).query("after").handle(this::checkpoints);
    forAuditors(routes, "/audit/accounts", Media.TEXT).handle(this::accounts);
    // Declared after the entries, whose pattern matches too.
    routes.route(GET, "/audit/tile/:tile*").anonymous(Media.BYTES).handle(this::tile);
  }

  private static Routes.Declared forAuditors(Routes routes, String path, String type) {
    return routes.route(GET, path).as(Role.AUDITOR).giving(type);
  }

  /**
   * Answers with the newest published checkpoint. Witnesses must see it before they cosign it;
   * checkpoints with their signatures are in the receipts.
   */
  private Answer checkpoint(OpenRequest request) {
    Note note = db.inRead(Checkpoints::published).orElseGet(log::latest);
    byte[] text = note.toString().getBytes(StandardCharsets.UTF_8);
    Tag tag = Tag.of(text);
    boolean held = tag.isHeld(request.header("If-None-Match").orElse(""));
    Answer answer =
        held
            ? new Answer(304, Media.UTF_8_TEXT, new byte[0])
            : new Answer(200, Media.UTF_8_TEXT, text);
    return answer.with(Map.of("ETag", tag.text(), "Cache-Control", ONE_SECOND));
  }

  /**
   * Answers with the keys that have signed this log, one on a line, as in an evidence bundle. A
   * verifier should get them from another source than the log itself.
   */
  private Answer keys(OpenRequest request) {
    List<VerifierKey> keys = db.inRead(LogVerifier::vkeys);
    return Answer.text(
        Media.UTF_8_TEXT, keys.stream().map(key -> key + "\n").collect(Collectors.joining()));
  }

  /** Answers with hashes. */
  private Answer tile(OpenRequest request) {
    TilePath path = path(request.path("tile"));
    if (path.level() == TilePath.ENTRIES) {
      throw new Problem(
          404, "no_such_tile", "Only hashes are public; entries need the role auditor");
    }
    return file(path, "public, " + IMMUTABLE);
  }

  /** Answers with entries; records the request before they are sent, if they exist. */
  private Answer entries(Request request) {
    TilePath path = bundle(request);
    return recorded(request, "bundle", path, file(path, "private, " + IMMUTABLE));
  }

  /** Answers with the remains of pruned entries. */
  private Answer pruned(Request request) {
    TilePath path = bundle(request);
    byte[] rest =
        db.inRead(c -> path.full() ? StoredTiles.pruned(c, path.index()) : Optional.<byte[]>empty())
            .orElseThrow(() -> new Problem(404, "not_pruned", "These entries were not pruned"));
    Answer answer = new Answer(200, Media.BYTES, rest);
    return recorded(
        request, "pruned", path, answer.with(Map.of("Cache-Control", "private, " + IMMUTABLE)));
  }

  /** Answers with all checkpoints that were ever signed, about a megabyte at a time. */
  private Answer checkpoints(Request request) {
    long after = request.number("after").orElse(0L);
    looks.record(request, "checkpoints");
    return Answer.text(
        Media.UTF_8_TEXT, db.inRead(c -> Checkpoints.slice(c, after, Long.MAX_VALUE)).notes());
  }

  /** Answers with the numbers of private parts that still exist, for which the entries account. */
  private Answer accounts(Request request) {
    looks.record(request, "accounts");
    return Answer.text(Media.UTF_8_TEXT, db.inRead(Checkpoints::accounts).toString());
  }

  private static TilePath bundle(Request request) {
    return path("entries/" + request.path("bundle"));
  }

  private Answer recorded(Request request, String action, TilePath path, Answer answer) {
    looks.record(request, action, path);
    return answer;
  }

  private Answer file(TilePath path, String caching) {
    // Entries that are signed but not yet published count too, as their receipts exist.
    long size = log.size();
    byte[] bytes =
        db.inRead(c -> StoredTiles.get(c, path, size))
            .orElseThrow(
                () ->
                    new Problem(
                        404,
                        "no_such_tile",
                        "The log is not that large yet (see /audit/checkpoint), or these entries"
                            + " were pruned (see /audit/pruned)"));
    return new Answer(200, Media.BYTES, bytes).with(Map.of("Cache-Control", caching));
  }

  private Answer receipt(OpenRequest request) {
    String index = request.path("index");
    if (!index.matches("0|[1-9][0-9]{0,17}")) {
      throw Problem.badRequest("invalid_index", "The index of an entry must be a whole number");
    }
    return db.inRead(c -> Receipts.best(c, Long.parseLong(index), witnesses))
        .map(proof -> Answer.text(Media.UTF_8_TEXT, proof.toString()))
        .orElseThrow(
            () -> new Problem(404, "no_such_entry", "The log has no entry with that index yet"));
  }

  private static TilePath path(String tile) {
    return TilePath.parse("tile/" + tile)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "invalid_tile", "Name a tile as C2SP tlog-tiles does: <L>/<N>[.p/<W>]"));
  }
}
