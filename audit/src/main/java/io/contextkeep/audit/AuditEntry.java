package io.contextkeep.audit;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * An event to record in the log for ever: public facts in coded words and, where a customer is
 * concerned, a private part that only that customer's key opens.
 */
public final class AuditEntry {

  /** The customer of an entry, with the details that may be personal, as canonical JSON. */
  record PrivatePart(long subject, SubjectSealer sealer, byte[] details) {
    @Override
    public String toString() {
      return "PrivatePart[redacted]";
    }
  }

  /** The facts that only the log sets, since a caller's could forge its accounting. */
  private static final Set<String> RESERVED = Set.of("v", "type", "time", "commit", "labels");

  /** The facts by which entries are searched, one word each. */
  static final List<String> SEARCHED =
      List.of("actor", "role", "purpose", "basis", "decision", "policy", "request");

  /** The fact with the commitment to the view key. */
  static final String VIEW_KEY = "viewKey";

  private static final int MAX_WORD = 128;
  private static final boolean[] CODED = coded("abcdefghijklmnopqrstuvwxyz0123456789:._/*+-");

  private final EntryType type;
  private final LeafForm form;
  private final Optional<PrivatePart> about;

  private AuditEntry(EntryType type, LeafForm form, Optional<PrivatePart> about) {
    this.type = type;
    this.form = form;
    this.about = about;
  }

  /**
   * Returns an entry about no customer.
   *
   * @param facts coded values under coded names; never free text, never anything personal
   * @throws IllegalArgumentException if a fact is not a coded word, a whole number, a boolean or a
   *     list of these: free text would bring personal data into a permanent public log; if its name
   *     is reserved for the log; if there is more than a leaf can hold; or if only the log makes
   *     entries of that type
   */
  public static AuditEntry of(EntryType type, Map<String, Object> facts) {
    if (type.own()) {
      throw new IllegalArgumentException("Only the log may make entries of type " + type);
    }
    return own(type, facts);
  }

  static AuditEntry own(EntryType type, Map<String, Object> facts) {
    facts.forEach(AuditEntry::check);
    LeafForm form = new LeafForm(type, new TreeMap<>(facts));
    return new AuditEntry(type, checked(form), Optional.empty());
  }

  private static LeafForm checked(LeafForm form) {
    if (form.maxLength() > AuditLog.MAX_LEAF) {
      throw new IllegalArgumentException(
          "An audit leaf holds at most " + AuditLog.MAX_LEAF + " bytes");
    }
    return form;
  }

  /**
   * Returns a customer's first entry, which commits to the key by which they find their entries. It
   * belongs in the transaction that enrols the customer.
   *
   * @param facts the actor who enrolled the customer
   */
  public static AuditEntry enrolment(
      Map<String, Object> facts, long subject, ViewKey key, SubjectSealer sealer) {
    TreeMap<String, Object> all = new TreeMap<>(facts);
    all.put(VIEW_KEY, key.commitment());
    return of(EntryType.ENROL, all).about(subject, sealer, Map.of());
  }

  /** Returns the entry as one about a customer, with details that only the customer's key opens. */
  public AuditEntry about(long subject, SubjectSealer sealer, Map<String, Object> details) {
    return new AuditEntry(
        type, form, Optional.of(new PrivatePart(subject, sealer, Jcs.bytes(details))));
  }

  /**
   * Returns an entry that says the same of the same customer about another decision of another
   * request. It costs little, because nothing else is encoded again.
   *
   * @throws IllegalArgumentException if an id is not a coded word
   * @throws IllegalStateException if this entry is about no customer
   */
  public AuditEntry again(String decisionId, String request, SubjectSealer sealer) {
    check("decisionId", decisionId);
    check("request", request);
    PrivatePart part =
        about.orElseThrow(() -> new IllegalStateException("The entry is about no customer"));
    return new AuditEntry(
        type,
        checked(form.again(decisionId, request)),
        Optional.of(new PrivatePart(part.subject(), sealer, part.details())));
  }

  public EntryType type() {
    return type;
  }

  LeafForm form() {
    return form;
  }

  Optional<PrivatePart> about() {
    return about;
  }

  private static void check(String name, Object value) {
    if (RESERVED.contains(name)) {
      throw new IllegalArgumentException("Only the log may set '" + name + "'");
    }
    if (SEARCHED.contains(name) && !(value instanceof String)) {
      throw new IllegalArgumentException("The fact '" + name + "' must be one word");
    }
    if (!isCoded(name) || !coded(value)) {
      throw new IllegalArgumentException("The fact '" + name + "' is not a coded value");
    }
  }

  private static boolean[] coded(String characters) {
    boolean[] coded = new boolean[128];
    characters.chars().forEach(c -> coded[c] = true);
    characters.toUpperCase(Locale.ROOT).chars().forEach(c -> coded[c] = true);
    return coded;
  }

  /** Checks characters by a table, since this runs for every fact of every read. */
  private static boolean isCoded(String word) {
    boolean coded = word.length() <= MAX_WORD;
    for (int i = 0; i < word.length() && coded; i++) {
      coded = word.charAt(i) < CODED.length && CODED[word.charAt(i)];
    }
    return coded;
  }

  private static boolean coded(Object value) {
    return switch (value) {
      case String text -> isCoded(text);
      case Boolean _, Integer _, Long _ -> true;
      case List<?> list -> list.stream().allMatch(AuditEntry::coded);
      default -> false;
    };
  }

  @Override
  public String toString() {
    return "AuditEntry[" + type + "]";
  }
}
