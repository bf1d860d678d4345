package io.contextkeep.audit;

import java.util.Locale;

/** The types of entries. */
public enum EntryType {
  /** The first entry of a log, with its signing keys. */
  GENESIS,
  /** A change of the signing keys. */
  KEY,
  /** The root of the index of customers' labels after a number of entries. */
  MAP_ROOT,
  /** A customer's first entry, which commits to their {@link ViewKey}. */
  ENROL,
  READ,
  REFUSE,
  SELF_VIEW,
  EXPORT,
  CORRECT,
  GRANT,
  WITHDRAW,
  /** A customer's choice as reported by another system. */
  SIGNAL,
  OBJECT,
  /** The linking of an identifier to a customer, or its removal. */
  LINK,
  RESTRICT,
  /** A step of a customer's rights request. */
  RIGHTS,
  ERASE,
  /** A notice of an erasure that was sent, acknowledged or given up. */
  NOTICE,
  WRITE,
  ADMIN,
  AUDIT_VIEW,
  POLICY,
  RETENTION,
  /** A statistical query, with its cost. */
  CHARGE,
  /** The answer to a statistical query. */
  RELEASE,
  /** The pruning of entries before an index. */
  PRUNE;

  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns whether only the log makes such entries, for its own accounting. */
  boolean own() {
    return switch (this) {
      case GENESIS, KEY, MAP_ROOT, ERASE, PRUNE -> true;
      default -> false;
    };
  }
}
