package io.contextkeep.vault.http.edge;

/** The bodies of the edge's own refusals, as problem documents (RFC 9457). */
@FunctionalInterface
public interface Refusals {
  byte[] body(int status, String code, String detail);
}
