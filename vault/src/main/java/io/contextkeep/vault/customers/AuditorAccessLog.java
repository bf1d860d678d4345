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
 * The record of what auditors look at, made before they see it. A look at one customer is an entry
 * about her, which she finds in her list like any other.
 */
public final class AuditorAccessLog {
  /** The parameters that narrow a look. */
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

  /** A look at what is about nobody in particular. */
  public void record(Request request, String what) {
    record(request, what, Map.of(), Optional.empty());
  }

  /**
   * The same at a file of the log.
   *
   * @param bundle its name
   */
  public void record(Request request, String what, TilePath bundle) {
    record(request, what, Map.of("bundle", bundle.toString()), Optional.empty());
  }

  /**
   * The same with what was asked, in codes.
   *
   * @param more facts for the entry
   */
  public void record(Request request, String what, Map<String, Object> more) {
    record(request, what, more, Optional.empty());
  }

  /**
   * @param subject the customer whom the look names, if there is one
   */
  public void record(Request request, String what, Optional<Long> subject) {
    record(request, what, Map.of(), subject);
  }

  /**
   * @param more facts for the entry, in codes
   * @param subject the customer whom the look names, if there is one
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

  /** Returns the names of the parameters by which a look was narrowed, never their values. */
  public static List<String> filters(Request request) {
    return FILTERS.stream().filter(name -> request.query(name).isPresent()).toList();
  }
}
