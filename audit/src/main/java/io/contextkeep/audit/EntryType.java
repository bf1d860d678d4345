package io.contextkeep.audit;

import java.util.Locale;

/** What an entry records. */
public enum EntryType {
  GENESIS,
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
  POLICY;

  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
