package io.contextkeep.audit.export;

import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.Jcs;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An entry as an event of the Open Cybersecurity Schema Framework 1.6.0: Datastore Activity (6005)
 * with the profile Security Control. OCSF has no attributes for the purpose of an access and its
 * legal basis; they are in our extension {@code contextkeep}, which readers may ignore.
 */
public final class Ocsf {
  private static final String VERSION = "1.6.0";
  private static final int CATEGORY = 6;
  private static final int CLASS = 6005;
  private static final int READ = 1;
  private static final int UPDATE = 2;
  private static final int QUERY = 4;
  private static final int WRITE = 5;
  private static final int DELETE = 7;
  private static final int OTHER = 99;

  /** The type of a user. */
  private static final int SERVICE = 4;

  private static final Set<String> SERVICES = Set.of("app", "source");

  private final String log;

  /**
   * @param log the log's origin
   */
  public Ocsf(String log) {
    this.log = log;
  }

  /** Returns the event as a line of JSON. */
  public String line(AuditRow row) {
    return Jcs.text(event(row));
  }

  private Map<String, Object> event(AuditRow row) {
    int activity = activity(row.type());
    Map<String, Object> event = new TreeMap<>();
    event.put("category_uid", CATEGORY);
    event.put("category_name", "Application Activity");
    event.put("class_uid", CLASS);
    event.put("class_name", "Datastore Activity");
    event.put("activity_id", activity);
    event.put("activity_name", activity == OTHER ? row.type() : name(activity));
    event.put("type_uid", CLASS * 100 + activity);
    event.put("severity_id", 1);
    event.put("time", row.time());
    event.put("metadata", metadata(row));
    event.put("actor", actor(row));
    event.put("src_endpoint", Map.of("svc_name", orUnknown(row.word("actor"))));
    event.put("database", Map.of("name", log, "type_id", OTHER, "type", "Context vault"));
    control(event, row);
    event.put("contextkeep", extension(row));
    return event;
  }

  private Map<String, Object> metadata(AuditRow row) {
    Map<String, Object> metadata = new TreeMap<>();
    metadata.put("version", VERSION);
    metadata.put("product", Map.of("name", "Contextkeep", "vendor_name", "Contextkeep"));
    metadata.put("profiles", List.of("security_control"));
    metadata.put(
        "extensions", List.of(Map.of("name", "contextkeep", "uid", "999", "version", "1.0.0")));
    metadata.put("log_name", log);
    metadata.put("uid", log + "/" + row.index());
    putWord(metadata, "correlation_uid", row.word("request"));
    return metadata;
  }

  private static Map<String, Object> actor(AuditRow row) {
    Map<String, Object> user = new TreeMap<>();
    user.put("uid", orUnknown(row.word("actor")));
    boolean service = SERVICES.contains(row.word("role"));
    user.put("type_id", service ? SERVICE : OTHER);
    user.put("type", service ? "Service" : orUnknown(row.word("role")));
    return Map.of("user", user);
  }

  /** Returns the policy and its decision. */
  private static void control(Map<String, Object> event, AuditRow row) {
    String decision = row.word("decision");
    boolean denied = decision.equals("refuse");
    event.put("status_id", denied ? 2 : 1);
    event.put("status", denied ? "Failure" : "Success");
    if (decision.isEmpty()) {
      return;
    }
    event.put("action_id", denied ? 2 : 1);
    event.put("action", denied ? "Denied" : "Allowed");
    event.put("disposition_id", denied ? 2 : 1);
    event.put("disposition", denied ? "Blocked" : "Allowed");
    Map<String, Object> policy = new TreeMap<>();
    policy.put("name", "contextkeep/gate");
    putWord(policy, "version", row.word("policy"));
    putWord(policy, "uid", row.word("policyDigest"));
    event.put("policy", policy);
    event.put("authorizations", List.of(Map.of("decision", decision, "policy", policy)));
    if (denied) {
      putWord(event, "status_detail", String.join(" ", row.words("reasons")));
    }
  }

  private static Map<String, Object> extension(AuditRow row) {
    Map<String, Object> extension = new TreeMap<>();
    extension.put("index", row.index());
    extension.put("leaf_hash", row.leafHash());
    extension.put("entry_type", row.type());
    putWord(extension, "purpose", row.word("purpose"));
    putWord(extension, "legal_basis", row.word("basis"));
    putWord(extension, "decision_uid", row.word("decisionId"));
    if (!row.words("reasons").isEmpty()) {
      extension.put("reasons", row.words("reasons"));
    }
    if (!row.words("categories").isEmpty()) {
      extension.put("data_categories", row.words("categories"));
    }
    return extension;
  }

  private static int activity(String type) {
    return switch (type) {
      case "read", "refuse", "self-view", "export" -> READ;
      case "audit-view" -> QUERY;
      case "write" -> WRITE;
      case "correct", "grant", "withdraw", "signal", "object", "restrict", "link" -> UPDATE;
      case "erase", "retention", "prune" -> DELETE;
      default -> OTHER;
    };
  }

  private static String name(int activity) {
    return switch (activity) {
      case READ -> "Read";
      case UPDATE -> "Update";
      case QUERY -> "Query";
      case WRITE -> "Write";
      default -> "Delete";
    };
  }

  private static String orUnknown(String word) {
    return word.isEmpty() ? "vault" : word;
  }

  private static void putWord(Map<String, Object> into, String name, String word) {
    if (!word.isEmpty()) {
      into.put(name, word);
    }
  }
}
