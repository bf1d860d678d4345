package io.contextkeep.vault.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.store.Customers;
import io.contextkeep.vault.store.Identifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What auditors do: look through the log and check it. They see no context; each look is itself
 * recorded, and one at a named customer is recorded as that.
 */
final class AuditorApi implements Routes.Api {
  private final Db db;
  private final Customers customers;
  private final AuditLog log;

  AuditorApi(Db db, Customers customers, AuditLog log) {
    this.db = db;
    this.customers = customers;
    this.log = log;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .get("/v1/audit/entries", this::entries)
        .get("/v1/audit/verification", this::verification);
  }

  Answer entries(Request request) {
    request
        .as(Role.AUDITOR)
        .onlyQuery(
            "type",
            "actor",
            "purpose",
            "decision",
            "policy",
            "from",
            "to",
            "customer",
            "before",
            "limit");
    Optional<Identifier> customer = request.query("customer").map(AppApi::identifier);
    Optional<Long> subject =
        customer.map(c -> db.inRead(r -> customers.find(r, c)).map(s -> s.value()).orElse(0L));
    long limit = request.number("limit").orElse(100L);
    if (limit < 1 || limit > 1_000) {
      throw Problem.badRequest("invalid_parameter", "The parameter 'limit' is 1 to 1000");
    }
    AuditReader.Query query =
        new AuditReader.Query(
            request.query("type"),
            request.query("actor"),
            request.query("purpose"),
            request.query("decision"),
            request.query("policy"),
            instant(request, "from"),
            instant(request, "to"),
            subject,
            request.number("before"),
            (int) limit);
    record(request, customer.isPresent() ? "entries-of-customer" : "entries");
    List<AuditRow> found = db.inRead(c -> AuditReader.find(c, query));
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode entries = body.putArray("entries");
    found.forEach(row -> entries.add(json(row)));
    if (found.size() == limit) {
      body.put("before", found.getLast().index());
    }
    return Answer.ok(body);
  }

  Answer verification(Request request) {
    request.as(Role.AUDITOR).onlyQuery();
    record(request, "verification");
    LogVerifier.Verification verification = db.inRead(LogVerifier::verify);
    return Answer.ok(
        Map.of(
            "size", verification.size(),
            "root", verification.root(),
            "whole", verification.whole(),
            "problems", verification.problems()));
  }

  private void record(Request request, String what) {
    log.append(
        AuditEntry.of(
            EntryType.AUDIT_VIEW,
            Map.of(
                "request", request.id(),
                "actor", request.caller().id(),
                "role", request.caller().role().code(),
                "action", what)));
  }

  static ObjectNode json(AuditRow row) {
    try {
      ObjectNode entry = (ObjectNode) Json.MAPPER.readTree(row.json());
      entry.put("index", row.index());
      return entry;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A leaf is not JSON", e);
    }
  }

  private static Optional<Long> instant(Request request, String name) {
    return request
        .query(name)
        .map(text -> Times.parse("The parameter '" + name + "'", text).toEpochMilli());
  }
}
