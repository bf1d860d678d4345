package io.contextkeep.audit.source;

import java.io.IOException;

/** The log requires a token for this file. */
public final class TokenNeeded extends IOException {
  private static final long serialVersionUID = 1;

  TokenNeeded(String name) {
    super("the log asks for a token that may read " + name);
  }
}
