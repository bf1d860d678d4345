package io.contextkeep.audit.export;

import io.contextkeep.audit.AuditRow;

/**
 * An entry as one line of JSON: its place, its hash (RFC 6962) and, as {@code entry}, the very
 * bytes that are hashed.
 */
public final class EntryJson {

  private EntryJson() {}

  public static String line(AuditRow row) {
    return "{\"index\":"
        + row.index()
        + ",\"leafHash\":\""
        + row.leafHash()
        + "\",\"entry\":"
        + row.json()
        + "}";
  }
}
