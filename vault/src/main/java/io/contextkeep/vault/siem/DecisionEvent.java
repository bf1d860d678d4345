package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditRow;
import io.contextkeep.policy.WasmEngine;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A decision of the log as an event of OPA's decision log. It holds only the fields named here,
 * which all readers of the log may see. The policy's input and result about a customer are listed
 * as erased.
 */
final class DecisionEvent {
  private static final List<String> ERASED =
      List.of(
          "/input/attributes",
          "/input/caller/purposes",
          "/input/consents",
          "/input/objections",
          "/input/subject",
          "/result/attributes",
          "/result/consents",
          "/result/max_age_days",
          "/result/obligations",
          "/result/ttl_s");

  private static final List<String> ERASED_OF_STATISTICS =
      List.of("/input/attributes", "/input/caller/purposes", "/input/population/purposes");

  private DecisionEvent() {}

  static boolean isDecision(AuditRow row) {
    return !row.word("decisionId").isEmpty();
  }

  /**
   * @param log the log's origin, used as the id of the instance
   */
  static Map<String, Object> of(AuditRow row, String log) {
    Map<String, Object> event = new TreeMap<>();
    event.put("labels", Map.of("app", "contextkeep", "id", log));
    event.put("decision_id", uuid(row.word("decisionId")));
    if (!row.word("policy").isEmpty()) {
      event.put("bundles", Map.of("contextkeep", Map.of("revision", row.word("policy"))));
    }
    event.put("path", WasmEngine.ENTRYPOINT);
    event.put("input", input(row));
    event.put("result", result(row));
    event.put("erased", isStatistic(row) ? ERASED_OF_STATISTICS : ERASED);
    event.put("requested_by", row.word("actor"));
    event.put("timestamp", Instant.ofEpochMilli(row.time()).toString());
    event.put("req_id", row.index());
    event.put("custom", custom(row));
    return event;
  }

  private static Map<String, Object> input(AuditRow row) {
    Map<String, Object> input = new TreeMap<>();
    input.put("purpose", row.word("purpose"));
    input.put("caller", Map.of("id", row.word("actor"), "role", row.word("role")));
    if (isStatistic(row)) {
      input.put("population", Map.of("id", row.word("population")));
      input.put(
          "aggregate",
          Map.of(
              "measure",
              row.word("measure"),
              "rho",
              row.number("rho"),
              "delta",
              row.number("delta")));
    }
    return input;
  }

  private static Map<String, Object> result(AuditRow row) {
    Map<String, Object> result = new TreeMap<>();
    result.put("allow", !row.word("decision").equals("refuse"));
    result.put("reasons", row.words("reasons"));
    if (!isStatistic(row)) {
      result.put("basis", row.word("basis"));
    }
    return result;
  }

  /** Returns the fields that identify the entry, and those that OPA does not have. */
  private static Map<String, Object> custom(AuditRow row) {
    return Map.of(
        "entry_type", row.type(),
        "request", row.word("request"),
        "leaf_hash", row.leafHash(),
        "decision_digest", row.word("decisionDigest"),
        "categories", row.words("categories"),
        "fields", row.number("fields"));
  }

  private static boolean isStatistic(AuditRow row) {
    return !row.word("measure").isEmpty();
  }

  /** Returns the id in OPA's format, so that an OPA server's own log has the same id. */
  private static String uuid(String id) {
    return id.replaceFirst(
        "([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})", "$1-$2-$3-$4-$5");
  }
}
