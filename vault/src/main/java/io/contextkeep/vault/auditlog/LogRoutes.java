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
 * The audit log as files, by C2SP tlog-tiles, and receipts by C2SP tlog-proof. Checkpoint, hashes
 * and receipts are for everybody: they say how many entries there are, and nothing of what is in
 * them. The entries themselves are for auditors, and each look at them is an entry.
 *
 * <p>A tile is there as soon as any signed checkpoint needs it, published or only on a receipt, and
 * its bytes never change: caches may keep it for ever.
 */
final class LogRoutes implements Routes.Api {
  private static final String FOR_EVER = "max-age=31536000, immutable";

  /** A new checkpoint is published about once a second. */
  private static final String MOMENTS = "public, max-age=1";

  private final Db db;
  private final AuditLog log;
  private final AuditorAccessLog looks;
  private final Optional<TrustPolicy> witnesses;

  /**
   * @param witnesses whom readers of receipts ask for
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
    // After the entries, which would match as well.
    routes.route(GET, "/audit/tile/:tile*").anonymous(Media.BYTES).handle(this::tile);
  }

  private static Routes.Declared forAuditors(Routes routes, String path, String type) {
    return routes.route(GET, path).as(Role.AUDITOR).giving(type);
  }

  /**
   * The newest published checkpoint. Witnesses cosign it a moment later, and those that come for it
   * must see it before they do; what has all their signatures is on the receipts.
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
    return answer.with(Map.of("ETag", tag.text(), "Cache-Control", MOMENTS));
  }

  /**
   * The keys that signed this log so far, one on a line, as an evidence bundle has them. Whoever
   * wants to be sure takes them from somewhere else than the log that they are to vouch for.
   */
  private Answer keys(OpenRequest request) {
    List<VerifierKey> keys = db.inRead(LogVerifier::vkeys);
    return Answer.text(
        Media.UTF_8_TEXT, keys.stream().map(key -> key + "\n").collect(Collectors.joining()));
  }

  /** Hashes. */
  private Answer tile(OpenRequest request) {
    TilePath path = path(request.path("tile"));
    if (path.level() == TilePath.ENTRIES) {
      throw new Problem(404, "no_such_tile", "Only hashes are open to everybody");
    }
    return file(path, "public, " + FOR_EVER);
  }

  /** Entries: read first, so that only what is there is recorded, and shown only once it is. */
  private Answer entries(Request request) {
    TilePath path = bundle(request);
    return recorded(request, "bundle", path, file(path, "private, " + FOR_EVER));
  }

  /** What is left of entries that were pruned. */
  private Answer pruned(Request request) {
    TilePath path = bundle(request);
    byte[] rest =
        db.inRead(c -> path.full() ? StoredTiles.pruned(c, path.index()) : Optional.<byte[]>empty())
            .orElseThrow(() -> new Problem(404, "not_pruned", "These entries were not pruned"));
    Answer answer = new Answer(200, Media.BYTES, rest);
    return recorded(
        request, "pruned", path, answer.with(Map.of("Cache-Control", "private, " + FOR_EVER)));
  }

  /** Every checkpoint that was ever signed, about a megabyte of them at a time. */
  private Answer checkpoints(Request request) {
    long after = request.number("after").orElse(0L);
    looks.record(request, "checkpoints");
    return Answer.text(
        Media.UTF_8_TEXT, db.inRead(c -> Checkpoints.slice(c, after, Long.MAX_VALUE)).notes());
  }

  /** What was erased is accounted for in entries, and this is what is still there. */
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
    // What is signed but not yet published counts too: its receipts are out, and lead here.
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
      throw Problem.badRequest("invalid_index", "An entry's index is a whole number");
    }
    return db.inRead(c -> Receipts.best(c, Long.parseLong(index), witnesses))
        .map(proof -> Answer.text(Media.UTF_8_TEXT, proof.toString()))
        .orElseThrow(
            () -> new Problem(404, "no_such_entry", "The log has no entry of that index yet"));
  }

  private static TilePath path(String tile) {
    return TilePath.parse("tile/" + tile)
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "invalid_tile", "Name a tile as C2SP tlog-tiles does: <L>/<N>[.p/<W>]"));
  }
}
