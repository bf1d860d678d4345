package io.contextkeep.vault.auditlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.vault.context.QuestionRecord;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Json;
import java.util.List;
import java.util.Set;

/**
 * An entry of the log as the customer whom it concerns sees it: which service or which role, when,
 * what for, on what basis and with what outcome. Services are named; people who work here are not.
 */
public final class Accesses {
  /** The roles that people have, not services. */
  private static final Set<String> STAFF = Set.of("analyst", "auditor", "operator");

  private Accesses() {}

  public static ObjectNode shown(AuditReader.Access access) {
    ObjectNode entry = withoutStaff(AuditorApi.json(access.entry()));
    entry.set("details", details(access.details()));
    return entry;
  }

  /** An entry that has an actor but no role names nobody either: what is not known is not shown. */
  public static ObjectNode withoutStaff(ObjectNode entry) {
    String role = entry.path("role").asText("staff");
    if (entry.has("actor") && (STAFF.contains(role) || role.equals("staff"))) {
      entry.put("actor", role);
    }
    return entry;
  }

  /** A change as a service sees it: that operators proposed and decided it, and not who. */
  public static ObjectNode withoutOperators(ObjectNode change) {
    for (String who : List.of("proposedBy", "decidedBy")) {
      if (change.has(who)) {
        change.put(who, Role.OPERATOR.code());
      }
    }
    return change;
  }

  /** Without the question that was decided: she is shown that where it is explained to her. */
  private static JsonNode details(String privatePart) {
    try {
      JsonNode details = Json.MAPPER.readTree(privatePart).path("details");
      if (details instanceof ObjectNode all) {
        QuestionRecord.NAMES.forEach(all::remove);
      }
      return details;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A private part is not JSON", e);
    }
  }
}
