package io.contextkeep.audit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What happened, as the log will keep it for ever: public facts in coded words and, where a
 * customer is concerned, a private part that only that customer's key opens.
 *
 * @param facts coded values under coded names; never free text, never anything personal
 * @param about the private part, empty where no customer is concerned
 */
public record AuditEntry(
    EntryType type, SortedMap<String, Object> facts, Optional<PrivatePart> about) {

  /** The customer an entry concerns, with the details that may be personal. */
  public record PrivatePart(long subject, SubjectSealer sealer, SortedMap<String, Object> details) {
    @Override
    public String toString() {
      return "PrivatePart[redacted]";
    }
  }

  /** What the log itself says of an entry; a caller's word for these could forge the accounting. */
  private static final Set<String> RESERVED = Set.of("v", "type", "time", "commit", "labels");

  /** What entries are searched by: one word each, so that column and leaf can be compared. */
  static final List<String> SEARCHED = List.of("actor", "purpose", "decision", "policy");

  private static final Pattern CODED = Pattern.compile("[A-Za-z0-9:._/*+-]{0,128}");

  /**
   * @throws IllegalArgumentException if a fact is not a coded word, a whole number, a boolean or a
   *     list of these: free text in a permanent public log is how a person's data would end up
   *     there; or if it has a name that is the log's own
   */
  public AuditEntry {
    facts.forEach(
        (name, value) -> {
          if (RESERVED.contains(name)) {
            throw new IllegalArgumentException("Only the log says '" + name + "'");
          }
          if (SEARCHED.contains(name) && !(value instanceof String)) {
            throw new IllegalArgumentException("The fact '" + name + "' must be one word");
          }
          if (!CODED.matcher(name).matches() || !coded(value)) {
            throw new IllegalArgumentException("The fact '" + name + "' is not a coded value");
          }
        });
    facts = new TreeMap<>(facts);
  }

  public static AuditEntry of(EntryType type, Map<String, Object> facts) {
    return new AuditEntry(type, new TreeMap<>(facts), Optional.empty());
  }

  public AuditEntry about(long subject, SubjectSealer sealer, Map<String, Object> details) {
    return new AuditEntry(
        type, facts, Optional.of(new PrivatePart(subject, sealer, new TreeMap<>(details))));
  }

  /** A public fact as text, or "" where the entry has none of that name. */
  String fact(String name) {
    return String.valueOf(facts.getOrDefault(name, ""));
  }

  private static boolean coded(Object value) {
    return switch (value) {
      case String text -> CODED.matcher(text).matches();
      case Boolean _, Integer _, Long _ -> true;
      case List<?> list -> list.stream().allMatch(AuditEntry::coded);
      default -> false;
    };
  }
}
