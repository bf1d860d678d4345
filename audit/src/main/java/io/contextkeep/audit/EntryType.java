package io.contextkeep.audit;

import java.util.Locale;

/** What an entry records. */
public enum EntryType {
  /** The first entry of a log: which keys sign it. */
  GENESIS,
  /** From here on other keys sign. */
  KEY,
  /** What the index of customers' labels looked like after a number of entries. */
  MAP_ROOT,
  /** A customer's first entry: it commits to her {@link ViewKey}. */
  ENROL,
  READ,
  REFUSE,
  SELF_VIEW,
  EXPORT,
  CORRECT,
  GRANT,
  WITHDRAW,
  /** What another system says that the customer said. */
  SIGNAL,
  OBJECT,
  /** An identifier was linked to a customer, or its link was undone. */
  LINK,
  RESTRICT,
  /** A step of a customer's request to exercise a right. */
  RIGHTS,
  ERASE,
  /** A recipient was told of an erasure, said what it did, or was given up. */
  NOTICE,
  WRITE,
  ADMIN,
  AUDIT_VIEW,
  POLICY,
  RETENTION,
  /** A question about a population, paid for or answered before. */
  CHARGE,
  /** The answer to one. */
  RELEASE,
  /** From here on the log lacks the entries before an index. */
  PRUNE;

  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether only the log itself makes such entries: they are what its accounts are kept with. */
  boolean own() {
    return switch (this) {
      case GENESIS, KEY, MAP_ROOT, ERASE, PRUNE -> true;
      default -> false;
    };
  }
}
