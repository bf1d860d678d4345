package io.contextkeep.vault.http;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The record of what auditors look at, made before they see it. A look at one customer is an entry
 * about her, which she finds in her list like any other.
 */
final class AuditLooks {
  private final AuditLog log;
  private final SubjectKeys keys;

  AuditLooks(AuditLog log, SubjectKeys keys) {
    this.log = log;
    this.keys = keys;
  }

  /**
   * @param subject the customer whom the look names, if there is one
   */
  void record(Request request, String what, Optional<Long> subject) {
    TreeMap<String, Object> facts = new TreeMap<>(request.who());
    facts.put("action", what);
    if (!AuditFilter.used(request).isEmpty()) {
      facts.put("filters", AuditFilter.used(request));
    }
    AuditEntry entry = AuditEntry.of(EntryType.AUDIT_VIEW, facts);
    Optional<SubjectKey> key = subject.filter(s -> s > 0).flatMap(s -> keys.find(new SubjectId(s)));
    log.append(key.map(k -> entry.about(subject.orElseThrow(), k, Map.of())).orElse(entry));
  }
}
