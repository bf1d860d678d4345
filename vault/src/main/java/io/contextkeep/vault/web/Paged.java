package io.contextkeep.vault.web;

import java.util.Optional;

/** An answer record with a page of a list, which has the component {@code next}. */
public interface Paged {
  /** Returns the URL of the next page, relative to this server; empty on the last page. */
  Optional<String> next();

  /** Returns the Link header that names the next page (RFC 8288). */
  static String link(String next) {
    return "<" + next + ">; rel=\"next\"";
  }
}
