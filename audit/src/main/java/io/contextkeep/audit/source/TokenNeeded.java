package io.contextkeep.audit.source;

import java.io.IOException;

/** The log shows this only to those who may see it. */
public final class TokenNeeded extends IOException {
  private static final long serialVersionUID = 1;

  TokenNeeded(String name) {
    super("the log asks for a token that may read " + name);
  }
}
