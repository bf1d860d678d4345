package io.contextkeep.vault.auditlog;

import static io.vertx.core.http.HttpMethod.GET;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.audit.AuditSummary;
import io.contextkeep.audit.Receipts;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Members;
import io.contextkeep.vault.web.Page;
import io.contextkeep.vault.web.Paged;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The auditors' view of the log: search, counts and verification. Auditors see no context. Each of
 * their requests is an entry itself; one that names a customer is an entry about that customer.
 */
final class AuditorApi implements Routes.Api {
  /**
   * The limit with proofs; it is lower because a proof is about as long as an entry, and each has
   * the checkpoint.
   */
  private static final int MAX_WITH_PROOFS = 100;

  private static final int MAX_ENTRIES = 1_000;
  private static final int USUAL_ENTRIES = 100;
  private static final int MAX_GROUPS = 10_000;

  private final Db db;
  private final Customers customers;
  private final AuditorAccessLog looks;

  AuditorApi(Db db, Customers customers, AuditorAccessLog looks) {
    this.db = db;
    this.customers = customers;
    this.looks = looks;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/audit/entries")
        .as(Role.AUDITOR)
        .query(AuditFilter.parameters())
        .query("proofs")
        .paged()
        .handle(this::entries);
    routes
        .route(GET, "/v1/audit/summary")
        .as(Role.AUDITOR)
        .query(AuditFilter.commonParameters())
        .query("by", "bucket")
        .handle(this::summary);
    routes
        .route(GET, "/v1/audit/verification")
        .as(Role.AUDITOR)
        .giving(Media.JSON, Media.LINES)
        .handle(this::verification);
  }

  /**
   * Rows of the log.
   *
   * @param proofs their inclusion proofs, in the same order; empty if they were not requested
   */
  private record Found(List<AuditRow> rows, List<TlogProof> proofs) {
    Entry entry(int i) {
      AuditRow row = rows.get(i);
      return new Entry(
          Members.of(leaf(row)),
          row.index(),
          row.leafHash(),
          "/v1/receipts/" + row.index(),
          proofs.isEmpty() ? Optional.empty() : Optional.of(proofs.get(i).toString()));
    }
  }

  /**
   * An entry of the log.
   *
   * @param leaf the entry as it is hashed
   * @param receipt the path of its receipt
   */
  private record Entry(
      @JsonUnwrapped Members leaf,
      long index,
      String leafHash,
      String receipt,
      Optional<String> proof) {}

  private record Entries(List<Entry> entries, Optional<String> next) implements Paged {}

  private record Summary(AuditSummary.Bucket bucket, List<Group> groups) {}

  /**
   * A number of entries that have the same values.
   *
   * @param start the beginning of its time; empty where all times are counted together
   * @param values its values, by the names of the parameter 'by'
   */
  private record Group(Optional<Instant> start, Map<String, String> values, long entries) {
    @JsonValue
    Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      start.ifPresent(instant -> members.put("start", instant));
      members.putAll(values);
      members.put("entries", entries);
      return members;
    }
  }

  private Answer entries(Request request) {
    boolean proofs = flag(request, "proofs");
    Page page = request.page(proofs ? MAX_WITH_PROOFS : MAX_ENTRIES, USUAL_ENTRIES);
    long before = page.afterNumber().orElse(Long.MAX_VALUE);
    AuditQuery query = AuditFilter.of(request, db, customers);
    looks.record(
        request, query.subject().isPresent() ? "entries-of-customer" : "entries", query.subject());
    Found found = db.inRead(c -> find(c, query, before, page.limit(), proofs));
    List<Entry> entries = IntStream.range(0, found.rows().size()).mapToObj(found::entry).toList();
    return Answer.ok(
        new Entries(entries, page.next(found.rows(), row -> String.valueOf(row.index()))));
  }

  private static Found find(Connection c, AuditQuery query, long before, int limit, boolean proofs)
      throws SQLException {
    List<AuditRow> rows = AuditSearch.newest(c, query, before, limit);
    return new Found(
        rows, proofs ? Receipts.proofs(c, rows.stream().map(AuditRow::index).toList()) : List.of());
  }

  private Answer summary(Request request) {
    List<AuditSummary.By> by =
        Arrays.stream(request.query("by").orElse("decision").split(",", -1))
            .map(word -> Parameters.parse("by", word, AuditSummary.By.values()))
            .distinct()
            .toList();
    AuditSummary.Bucket bucket =
        Parameters.parse(
            "bucket", request.query("bucket").orElse("day"), AuditSummary.Bucket.values());
    AuditQuery query = AuditFilter.of(request, db, customers);
    looks.record(request, "summary", query.subject());
    try {
      return Answer.ok(
          summary(by, bucket, db.inRead(c -> AuditSummary.of(c, query, by, bucket, MAX_GROUPS))));
    } catch (AuditSummary.TooManyGroups e) {
      throw Problem.badRequest(
          "too_many_groups",
          "There are more than 10000 groups; ask for a shorter time, a longer bucket or less in"
              + " 'by'");
    }
  }

  private static Summary summary(
      List<AuditSummary.By> by, AuditSummary.Bucket bucket, List<AuditSummary.Group> groups) {
    return new Summary(bucket, groups.stream().map(group -> group(by, bucket, group)).toList());
  }

  private static Group group(
      List<AuditSummary.By> by, AuditSummary.Bucket bucket, AuditSummary.Group group) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < by.size(); i++) {
      values.put(Parameters.code(by.get(i)), group.values().get(i));
    }
    return new Group(
        bucket == AuditSummary.Bucket.ALL ? Optional.empty() : Optional.of(group.start()),
        values,
        group.entries());
  }

  /** Verifies the whole log, with lines of progress if the client accepts them. */
  private Answer verification(Request request) {
    looks.record(request, "verification");
    AuditCheck check = new AuditCheck(db);
    return request.type().equals(Media.LINES)
        ? Answer.streamed(Media.LINES, Map.of(), check::lines)
        : Answer.ok(check.whole());
  }

  /** Returns an entry as it is hashed. */
  static ObjectNode leaf(AuditRow row) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(row.json());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A leaf is not JSON", e);
    }
  }

  private static boolean flag(Request request, String name) {
    return switch (request.query(name).orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw Problem.badRequest(
              "invalid_parameter", "The parameter '" + name + "' is true or false");
    };
  }
}
