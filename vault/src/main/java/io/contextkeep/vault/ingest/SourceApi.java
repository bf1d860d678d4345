package io.contextkeep.vault.ingest;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.vault.context.Categories;
import io.contextkeep.vault.context.SourceLine;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.derived.Derivable;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.derived.Deriving;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The writes of sources: one JSON object, or many as newline-delimited JSON. Each of many lines is
 * kept or refused by itself, and the report names those that were refused. A batch that is sent
 * again under its Idempotency-Key is written once and gets the same answer.
 */
final class SourceApi implements Routes.Api {
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7E]{1,200}");

  private final Db db;
  private final Registry registry;
  private final Ingest ingest;
  private final Deriving deriving;
  private final Batches batches = new Batches();
  private final BlindIndex blindIndex;
  private final IdentifierKinds kinds;
  private final AuditLog log;
  private final InstantSource clock;

  SourceApi(Core core, Registry registry, Ingest ingest, Deriving deriving, IdentifierKinds kinds) {
    this.db = core.db();
    this.registry = registry;
    this.ingest = ingest;
    this.deriving = deriving;
    this.blindIndex = core.blindIndex();
    this.kinds = kinds;
    this.log = core.log();
    this.clock = core.clock();
  }

  /**
   * The result of a batch.
   *
   * @param repeated the number of events that were held before
   */
  private record Report(String batch, int kept, int repeated, List<Ingest.Fault> refused) {
    static Report of(String batch, Ingest.Written written, List<Ingest.Fault> unreadable) {
      return new Report(
          batch,
          written.kept().size(),
          written.repeated(),
          Stream.concat(unreadable.stream(), written.faults().stream())
              .sorted(Comparator.comparing(Ingest.Fault::line))
              .toList());
    }

    /** Returns the answer with the report, now and when the batch is sent again. */
    String json() {
      return new String(Answer.ok(this).body(), StandardCharsets.UTF_8);
    }
  }

  private record Recompute(List<ToRecompute> recompute) {}

  /**
   * An attribute to derive anew.
   *
   * @param since the hour of the last correction
   */
  private record ToRecompute(String attribute, Instant since) {}

  @Override
  public void mount(Routes routes) {
    routes
        .route(POST, "/v1/ingest")
        .as(Role.SOURCE, Role.APP)
        .bytes(Media.LINES, Media.JSON)
        .handle(this::ingest);
    routes.route(GET, "/v1/ingest/recompute").as(Role.SOURCE, Role.APP).handle(this::recompute);
  }

  private Answer ingest(Request request, byte[] body) {
    App source = registry.ofCaller(request);
    byte[] keyHash = blindIndex.of("idempotency/" + source.id(), idempotencyKey(request));
    byte[] bodyHash = Hashes.sha256().digest(body);
    Instant started = clock.instant();
    LineReader reader = new LineReader(registry, kinds, clock, source);
    LineReader.Result read =
        Media.type(request).equals(Optional.of(Media.JSON)) ? reader.one(body) : reader.many(body);
    Optional<Batches.Earlier> earlier = db.inRead(c -> batches.earlier(c, source.id(), keyHash));
    if (earlier.isPresent()) {
      return Answer.text(Media.JSON, again(earlier.get(), bodyHash));
    }
    List<SourceLine> lines = read.lines();
    Derivable derivable = deriving.judge(request.caller(), lines);
    Ingest.Prepared prepared = ingest.prepare(source.id(), lines);
    String batch = UUID.randomUUID().toString();
    String report =
        db.inWrite(
            c -> {
              Optional<Batches.Earlier> raced = batches.earlier(c, source.id(), keyHash);
              if (raced.isPresent()) {
                return again(raced.get(), bodyHash);
              }
              Ingest.Written written =
                  ingest.write(c, source.id(), batch, lines, prepared, derivable);
              String text = Report.of(batch, written, read.faults()).json();
              batches.add(
                  c,
                  new Batches.Entry(
                      batch,
                      source.id(),
                      keyHash,
                      bodyHash,
                      started,
                      clock.instant(),
                      kept(written.kept()),
                      text));
              log.stage(c, entry(request, batch, written, lines));
              return text;
            });
    return Answer.text(Media.JSON, report);
  }

  private static String idempotencyKey(Request request) {
    return request
        .header("Idempotency-Key")
        .filter(text -> KEY.matcher(text).matches())
        .orElseThrow(
            () ->
                Problem.badRequest(
                    "missing_header",
                    "Send an Idempotency-Key of 1 to 200 visible ASCII characters"));
  }

  /**
   * Lists the source's attributes whose values were removed because a customer corrected an input.
   * The answer tells neither which customers nor how many, and the time only by the hour. Values
   * removed because a consent ended are not in it.
   */
  private Answer recompute(Request request) {
    App source = registry.ofCaller(request);
    List<ToRecompute> all = new ArrayList<>();
    db.inRead(c -> Derivations.recompute(c, source.id()))
        .forEach(
            (name, hour) ->
                all.add(new ToRecompute(name, Instant.EPOCH.plus(Duration.ofHours(hour)))));
    return Answer.ok(new Recompute(all));
  }

  private static String again(Batches.Earlier earlier, byte[] body) {
    if (!Arrays.equals(earlier.body(), body)) {
      throw new Problem(
          409, "key_reused", "This Idempotency-Key was used with another body; use a new one");
    }
    return earlier.report();
  }

  /** Counts the kept lines of each category. */
  private static SortedMap<DataCategory, Integer> kept(List<SourceLine> lines) {
    SortedMap<DataCategory, Integer> kept = new TreeMap<>();
    lines.forEach(line -> kept.merge(line.attribute().category(), 1, Integer::sum));
    return kept;
  }

  private static List<String> categories(List<SourceLine> lines) {
    TreeSet<String> categories = new TreeSet<>();
    lines.forEach(line -> categories.add(line.attribute().category().curie()));
    return List.copyOf(categories);
  }

  private static AuditEntry entry(
      Request request, String batch, Ingest.Written written, List<SourceLine> lines) {
    TreeMap<String, Object> facts = request.actor().facts();
    facts.put("batch", batch);
    facts.put("kept", written.kept().size());
    if (!written.reasons().isEmpty()) {
      facts.put(
          "notKept",
          written.reasons().entrySet().stream()
              .map(reason -> reason.getKey() + "*" + reason.getValue())
              .toList());
    }
    Categories.put(facts, categories(lines));
    return AuditEntry.of(EntryType.WRITE, facts);
  }
}
