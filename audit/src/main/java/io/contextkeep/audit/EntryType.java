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
  OBJECT,
  RESTRICT,
  ERASE,
  WRITE,
  ADMIN,
  AUDIT_VIEW,
  POLICY,
  RETENTION,
  RELEASE,
  /** From here on the log lacks the entries before an index. */
  PRUNE;
