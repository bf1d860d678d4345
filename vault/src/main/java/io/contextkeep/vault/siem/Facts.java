package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditRow;
import java.util.Map;
import java.util.TreeMap;

/** The coded facts of an entry, which collectors receive beside the entry. */
final class Facts {
  private Facts() {}

  static Map<String, String> of(AuditRow row) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("leafHash", row.leafHash());
    for (String name : AuditRow.WORDS) {
      if (!row.word(name).isEmpty()) {
        facts.put(name, row.word(name));
      }
    }
    if (!row.words("reasons").isEmpty()) {
      facts.put("reasons", String.join(" ", row.words("reasons")));
    }
    return facts;
  }
}
