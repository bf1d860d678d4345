package io.contextkeep.vault.lineage;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.audit.AuditSummary;
import io.contextkeep.ontology.IngestBatch;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.provenance.Releases;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.OnVirtualThread;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.RequestId;
import io.contextkeep.vault.web.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/**
 * The vault's lineage for data catalogues with OpenLineage: every run that ended in a period,
 * streamed a page at a time. The next export begins where the last one ended.
 */
final class OpenLineageExport implements Routes.Api {
  private static final int PAGE = 500;

  /** The most concurrent exports, so that they do not crowd out reads. */
  private static final int AT_ONCE = 2;

  /** The age of runs that are exported; newer ones may not be committed yet and would be missed. */
  private static final Duration SETTLED = Duration.ofMinutes(1);

  private static final Duration DAY = Duration.ofDays(1);
  private static final byte[] FACETS = facets();

  private final Db db;
  private final Batches batches;
  private final AuditLog log;
  private final AuditorAccessLog auditorAccess;
  private final InstantSource clock;
  private final Semaphore places = new Semaphore(AT_ONCE);

  OpenLineageExport(
      Db db, Batches batches, AuditLog log, AuditorAccessLog auditorAccess, InstantSource clock) {
    this.db = db;
    this.batches = batches;
    this.log = log;
    this.auditorAccess = auditorAccess;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/audit/openlineage")
        .as(Role.AUDITOR)
        .query("from", "until")
        .giving(Media.LINES)
        .handle(this::export);
    routes
        .route(GET, "/v1/openlineage/facets")
        .anonymous(Media.JSON)
        .handleOnLoop(
            routing ->
                OnVirtualThread.write(
                    routing, RequestId.next(), new Answer(200, Media.JSON, FACETS)));
  }

  private Answer export(Request request) {
    Instant settled = clock.instant().truncatedTo(ChronoUnit.MILLIS).minus(SETTLED);
    Instant from = request.instant("from").orElse(Instant.EPOCH);
    Instant until = request.instant("until").filter(settled::isAfter).orElse(settled);
    if (!places.tryAcquire()) {
      throw new Problem(503, "overloaded", "Two exports are running; try again later");
    }
    try {
      auditorAccess.record(request, "export-openlineage");
      Instant next = from.isBefore(until) ? until : from;
      return Answer.streamed(
          Media.LINES,
          Map.of(
              "Content-Disposition",
              "attachment; filename=\"openlineage.ndjson\"",
              "Link",
              Paged.link("/v1/audit/openlineage?from=" + next)),
          new Export(from, until));
    } catch (RuntimeException | Error e) {
      places.release();
      throw e;
    }
  }

  /** The runs that ended in the period: batches, then releases, then reads. */
  private final class Export implements Answer.Stream {
    private final Instant from;
    private final Instant until;
    private final OpenLineage lineage = new OpenLineage(log.origin());

    Export(Instant from, Instant until) {
      this.from = from;
      this.until = until;
    }

    @Override
    public void end() {
      places.release();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      if (from.isBefore(until)) {
        batches(out);
        releases(out);
        accesses(out);
      }
    }

    private boolean within(Instant end) {
      return !end.isBefore(from) && end.isBefore(until);
    }

    private void batches(OutputStream out) throws IOException {
      long cursor = 0;
      List<IngestBatch> page;
      do {
        long after = cursor;
        page = db.inRead(c -> batches.ended(c, from, until, after, PAGE));
        for (IngestBatch batch : page) {
          write(out, lineage.of(batch));
          cursor = batch.seq();
        }
      } while (page.size() == PAGE);
    }

    private void releases(OutputStream out) throws IOException {
      long cursor = 0;
      List<Releases.Row> page;
      do {
        long after = cursor;
        page = db.inRead(c -> Releases.after(c, after, PAGE));
        for (Releases.Row row : page) {
          if (within(row.release().at())) {
            write(out, lineage.of(row.release()));
          }
          cursor = row.seq();
        }
      } while (page.size() == PAGE);
    }

    /** Writes the reads of complete hours from the log's counts, a day at a time. */
    private void accesses(OutputStream out) throws IOException {
      Instant first = first();
      Instant earliest = from.minus(HourlyAccesses.HOUR);
      Instant day = AuditSummary.hourOf(first.isAfter(earliest) ? first : earliest);
      while (day.isBefore(until)) {
        Instant begin = day;
        for (HourlyAccesses accesses :
            db.inRead(c -> HourlyAccesses.within(c, begin, begin.plus(DAY)))) {
          if (within(accesses.end())) {
            write(out, lineage.of(accesses));
          }
        }
        day = day.plus(DAY);
      }
    }

    /** Returns the beginning of the log, so that the search does not start in 1970. */
    private Instant first() {
      List<AuditRow> oldest =
          db.inRead(c -> AuditSearch.oldest(c, AuditQuery.ALL, 0, log.size(), 1));
      return oldest.isEmpty() ? until : Instant.ofEpochMilli(oldest.getFirst().time());
    }
  }

  private static void write(OutputStream out, List<OpenLineage.Event> events) throws IOException {
    for (OpenLineage.Event event : events) {
      out.write(Json.MAPPER.writeValueAsBytes(event));
      out.write('\n');
    }
  }

  private static byte[] facets() {
    try (InputStream in =
        Objects.requireNonNull(
            OpenLineageExport.class.getResourceAsStream("openlineage-facets.json"))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("The schema of the facets cannot be read", e);
    }
  }
}
