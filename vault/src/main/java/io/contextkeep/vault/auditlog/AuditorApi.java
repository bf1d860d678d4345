package io.contextkeep.vault.auditlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Parameters;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.vertx.core.http.HttpMethod;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What auditors do: look through the log, count in it and check it. They see no context; each look
 * is itself recorded, and one at a named customer is recorded as one that concerns her.
 */
final class AuditorApi implements Routes.Api {
  /** A proof is about as long as an entry, and the checkpoint is in each. */
  private static final int MOST_WITH_PROOFS = 100;

  private static final int MOST = 1_000;
  private static final int MOST_GROUPS = 10_000;

  private static final List<String> CHECK_TYPES = List.of(Media.JSON, Media.LINES);

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
        .as(Role.AUDITOR)
        .get("/v1/audit/entries", this::entries)
        .get("/v1/audit/summary", this::summary)
        .on(
            HttpMethod.GET,
            "/v1/audit/verification",
            Media.NO_BODY.giving(CHECK_TYPES),
            this::verification);
  }

  /** What was found, each with what it takes to prove it. */
  private record Found(List<AuditRow> rows, List<TlogProof> proofs) {}

  Answer entries(Request request) {
    request.onlyQuery(AuditFilter.andParameters("before", "limit", "proofs"));
    boolean proofs = flag(request, "proofs");
    int most = proofs ? MOST_WITH_PROOFS : MOST;
    long limit = request.number("limit").orElse(100L);
    if (limit < 1 || limit > most) {
      throw Problem.badRequest(
          "invalid_parameter", "The parameter 'limit' is 1 to 1000, with proofs 1 to 100");
    }
    long before = request.number("before").orElse(Long.MAX_VALUE);
    AuditQuery query = AuditFilter.of(request, db, customers);
    looks.record(
        request, query.subject().isPresent() ? "entries-of-customer" : "entries", query.subject());
    Found found = db.inRead(c -> find(c, query, before, (int) limit, proofs));
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode entries = body.putArray("entries");
    for (int i = 0; i < found.rows().size(); i++) {
      ObjectNode entry = withProof(found.rows().get(i));
      if (proofs) {
        entry.put("proof", found.proofs().get(i).toString());
      }
      entries.add(entry);
    }
    if (found.rows().size() == limit) {
      body.put("before", found.rows().getLast().index());
    }
    return Answer.ok(body);
  }

  private static Found find(Connection c, AuditQuery query, long before, int limit, boolean proofs)
      throws SQLException {
    List<AuditRow> rows = AuditSearch.newest(c, query, before, limit);
    return new Found(
        rows, proofs ? Receipts.proofs(c, rows.stream().map(AuditRow::index).toList()) : List.of());
  }

  Answer summary(Request request) {
    request.onlyQuery(AuditFilter.commonAndParameters("by", "bucket"));
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
          summary(by, bucket, db.inRead(c -> AuditSummary.of(c, query, by, bucket, MOST_GROUPS))));
    } catch (AuditSummary.TooManyGroups e) {
      throw Problem.badRequest(
          "too_many_groups",
          "There are more than 10000 groups; ask for a shorter time, a longer bucket or less in"
              + " 'by'");
    }
  }

  private static ObjectNode summary(
      List<AuditSummary.By> by, AuditSummary.Bucket bucket, List<AuditSummary.Group> groups) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("bucket", Parameters.code(bucket));
    ArrayNode all = body.putArray("groups");
    for (AuditSummary.Group group : groups) {
      ObjectNode one = all.addObject();
      if (bucket != AuditSummary.Bucket.ALL) {
        one.put("start", group.start().toString());
      }
      for (int i = 0; i < by.size(); i++) {
        one.put(Parameters.code(by.get(i)), group.values().get(i));
      }
      one.put("entries", group.entries());
    }
    return body;
  }

  /** With progress where that was asked for: a long log takes long. */
  Answer verification(Request request) {
    request.onlyQuery();
    looks.record(request, "verification");
    AuditCheck check = new AuditCheck(db);
    return Accept.choose(request.header("Accept"), CHECK_TYPES).equals(Media.LINES)
        ? Answer.streamed(Media.LINES, Map.of(), check::lines)
        : Answer.ok(check.whole());
  }

  /** The entry with its index: all that there is of it to see. */
  static ObjectNode json(AuditRow row) {
    try {
      ObjectNode entry = (ObjectNode) Json.MAPPER.readTree(row.json());
      entry.put("index", row.index());
      return entry;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A leaf is not JSON", e);
    }
  }

  /** The same with its hash and with where the proof is that it is in the log. */
  private static ObjectNode withProof(AuditRow row) {
    ObjectNode entry = json(row);
    entry.put("leafHash", row.leafHash());
    entry.put("receipt", "/v1/receipts/" + row.index());
    return entry;
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
