package io.contextkeep.vault.customers;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.tree.TilePath;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.web.Request;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The log of auditors' and operators' views, written before they see anything. A view of one
 * customer is an entry about that customer, which they find in their list of accesses.
 */
public final class AuditorAccessLog {
  /** The parameters that narrow a view. */
  private static final List<String> FILTERS =
      List.of(
          "type",
          "actor",
          "role",
          "purpose",
          "basis",
          "decision",
          "reason",
          "policy",
          "from",
          "until",
          "request",
          "customer");

  private final AuditLog log;
  private final SubjectKeys keys;

  AuditorAccessLog(AuditLog log, SubjectKeys keys) {
    this.log = log;
    this.keys = keys;
  }

  /** Records a view that does not concern a single customer. */
  public void record(Request request, String what) {
    record(request, what, Map.of(), Optional.empty());
  }

  /**
   * Records a view of a file of the log.
   *
   * @param bundle its name
   */
  public void record(Request request, String what, TilePath bundle) {
    record(request, what, Map.of("bundle", bundle.toString()), Optional.empty());
  }

  /**
   * Records a view with coded facts.
   *
   * @param more facts for the entry
   */
  public void record(Request request, String what, Map<String, Object> more) {
    record(request, what, more, Optional.empty());
  }

  /**
   * Records a view.
   *
   * @param subject the customer it is about, if there is one
   */
  public void record(Request request, String what, Optional<Long> subject) {
    record(request, what, Map.of(), subject);
  }

  /**
   * Records a view.
   *
   * @param more coded facts for the entry
   * @param subject the customer it is about, if there is one
   */
  public void record(
      Request request, String what, Map<String, Object> more, Optional<Long> subject) {
    TreeMap<String, Object> facts = request.actor().facts();
    facts.put("action", what);
    facts.putAll(more);
    if (!filters(request).isEmpty()) {
      facts.put("filters", filters(request));
    }
    AuditEntry entry = AuditEntry.of(EntryType.AUDIT_VIEW, facts);
    Optional<SubjectKey> key = subject.filter(s -> s > 0).flatMap(s -> keys.find(new SubjectId(s)));
    log.append(key.map(k -> entry.about(subject.orElseThrow(), k, Map.of())).orElse(entry));
  }

  /** Returns the names of the parameters that narrow a view, never their values. */
  public static List<String> filters(Request request) {
    return FILTERS.stream().filter(name -> request.query(name).isPresent()).toList();
  }
}
