package io.contextkeep.vault.auditlog;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.audit.export.EntryJson;
import io.contextkeep.audit.export.Ocsf;
import io.contextkeep.ontology.AccessTrail;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Csv;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.apache.commons.csv.CSVPrinter;

/**
 * The export of the log or of matching entries, oldest first. It is written while it is read, one
 * page at a time in a snapshot of its own, so that the vault holds only a few pages in memory.
 */
final class AuditExport implements Routes.Api {
  private static final int PAGE = 500;

  /** Few, because exports would otherwise displace reads. */
  private static final int MAX_EXPORTS = 4;

  private static final String[] COLUMNS = {
    "index",
    "time",
    "type",
    "actor",
    "role",
    "purpose",
    "basis",
    "decision",
    "reasons",
    "policy",
    "request",
    "leafHash",
    "entry"
  };

  /** The formats with their media types and file extensions. */
  private enum Format {
    NDJSON(Media.LINES, "ndjson"),
    CSV(Media.CSV, "csv"),
    PROV(Media.TURTLE, "ttl"),
    BUNDLE(Media.ZIP, "zip"),
    OCSF(Media.LINES, "ocsf.ndjson");

    private final String type;
    private final String extension;

    Format(String type, String extension) {
      this.type = type;
      this.extension = extension;
    }
  }

  private static final List<String> TYPES =
      List.of(Media.LINES, Media.CSV, Media.TURTLE, Media.ZIP);

  private final Db db;
  private final Customers customers;
  private final AuditLog log;
  private final AuditorAccessLog looks;
  private final Semaphore permits = new Semaphore(MAX_EXPORTS);

  AuditExport(Db db, Customers customers, AuditLog log, AuditorAccessLog looks) {
    this.db = db;
    this.customers = customers;
    this.log = log;
    this.looks = looks;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/audit/export")
        .as(Role.AUDITOR)
        .query(AuditFilter.parameters())
        .query("format")
        .giving(TYPES.toArray(String[]::new))
        .handle(this::export);
  }

  private Answer export(Request request) {
    Format format = format(request);
    if (format == Format.BUNDLE && !AuditorAccessLog.filters(request).isEmpty()) {
      throw Problem.badRequest(
          "invalid_parameter", "An evidence bundle is the whole log; send no filter with it");
    }
    AuditQuery query = AuditFilter.of(request, db, customers);
    if (!permits.tryAcquire()) {
      throw new Problem(503, "overloaded", "Four exports are being made; try again later");
    }
    try {
      looks.record(request, "export-" + Parameters.code(format), query.subject());
      return Answer.streamed(
          Media.sent(format.type),
          Map.of("Content-Disposition", "attachment; filename=\"audit." + format.extension + "\""),
          new Export(format, query, log.size()));
    } catch (RuntimeException | Error e) {
      permits.release();
      throw e;
    }
  }

  /** Returns the format by the parameter, or else by the Accept header. */
  private static Format format(Request request) {
    Optional<String> named = request.query("format");
    if (named.isPresent()) {
      Format format = Parameters.parse("format", named.get(), Format.values());
      request.choose(List.of(format.type));
      return format;
    }
    return switch (request.type()) {
      case Media.CSV -> Format.CSV;
      case Media.TURTLE -> Format.PROV;
      case Media.ZIP -> Format.BUNDLE;
      default -> Format.NDJSON;
    };
  }

  /** Receives each entry in order. */
  private interface Each {
    void row(AuditRow row) throws IOException;
  }

  /** An export of the entries that existed when it began. */
  private final class Export implements Answer.Stream {
    private final Format format;
    private final AuditQuery query;
    private final long size;

    Export(Format format, AuditQuery query, long size) {
      this.format = format;
      this.query = query;
      this.size = size;
    }

    @Override
    public void end() {
      permits.release();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      switch (format) {
        case NDJSON -> lines(out, EntryJson::line);
        case OCSF -> lines(out, new Ocsf(log.origin())::line);
        case CSV -> csv(out);
        case PROV -> trail(out);
        case BUNDLE -> ZippedBundle.write(db, out);
      }
    }

    private void each(Each each) throws IOException {
      long next = 0;
      while (next < size) {
        long from = next;
        List<AuditRow> page = db.inRead(c -> AuditSearch.oldest(c, query, from, size, PAGE));
        for (AuditRow row : page) {
          each.row(row);
        }
        next = page.size() < PAGE ? size : page.getLast().index() + 1;
      }
    }

    private void lines(OutputStream out, Function<AuditRow, String> line) throws IOException {
      each(row -> out.write((line.apply(row) + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private void csv(OutputStream out) throws IOException {
      Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
      CSVPrinter csv = Csv.to(text, COLUMNS);
      each(row -> Csv.row(csv, COLUMNS, cells(row)));
      text.flush();
    }

    private void trail(OutputStream out) throws IOException {
      try (AccessTrail trail = AccessTrail.to(out)) {
        each(row -> trail.write(entry(row)));
      }
    }
  }

  private static Map<String, String> cells(AuditRow row) {
    Map<String, String> cells = new LinkedHashMap<>();
    cells.put("index", Long.toString(row.index()));
    cells.put("time", Instant.ofEpochMilli(row.time()).toString());
    for (String word : AuditRow.WORDS) {
      cells.put(word, row.word(word));
    }
    cells.put("reasons", String.join(" ", row.words("reasons")));
    cells.put("leafHash", row.leafHash());
    cells.put("entry", row.json());
    return cells;
  }

  private static AccessTrail.Entry entry(AuditRow row) {
    return new AccessTrail.Entry(
        row.index(),
        Instant.ofEpochMilli(row.time()),
        row.type(),
        row.word("actor"),
        row.word("role"),
        row.word("purpose"),
        row.word("basis"),
        row.word("decision"),
        row.words("reasons"),
        row.words("categories"),
        row.word("policy"));
  }
}
