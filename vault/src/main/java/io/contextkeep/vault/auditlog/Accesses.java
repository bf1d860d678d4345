package io.contextkeep.vault.auditlog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.vault.context.QuestionRecord;
import io.contextkeep.vault.web.Json;
import java.util.Optional;
import java.util.Set;

/**
 * The entries of the log as customers see them: service or role, time, purpose, basis and outcome.
 * Services are named; members of staff are not.
 */
public final class Accesses {
  /** The path of the proof that a list of accesses has them all. */
  public static final String PROOF = "/v1/me/accesses/proof";

  /** The roles of staff. */
  private static final Set<String> STAFF = Set.of("analyst", "auditor", "operator", "staff");

  private static final String UNKNOWN_STAFF = "staff";

  private Accesses() {}

  public static ObjectNode shown(AuditReader.Access access) {
    ObjectNode entry = withoutStaff(AuditorApi.leaf(access.entry()));
    entry.put("index", access.entry().index());
    entry.set("details", details(access.details()));
    return entry;
  }

  /** Replaces the name of a member of staff by their role. */
  public static ObjectNode withoutStaff(ObjectNode entry) {
    if (entry.has("actor")) {
      Optional<String> role = Optional.ofNullable(entry.get("role")).map(JsonNode::asText);
      entry.put("actor", actorShown(entry.get("actor").asText(), role));
    }
    return entry;
  }

  /**
   * Returns the actor as customers see them: a service by its name, a member of staff by their
   * role.
   *
   * @param role the actor's role; an actor without one is taken for a member of staff
   */
  public static String actorShown(String actor, Optional<String> role) {
    String shown = role.orElse(UNKNOWN_STAFF);
    return STAFF.contains(shown) ? shown : actor;
  }

  /** Returns the details without the question, which explanations show. */
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
