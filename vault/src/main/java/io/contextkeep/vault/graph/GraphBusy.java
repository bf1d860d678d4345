package io.contextkeep.vault.graph;

import java.nio.file.Path;

/** The graph is open in another process. */
final class GraphBusy extends IllegalStateException {
  private static final long serialVersionUID = 1;

  GraphBusy(Path directory) {
    super("A vault is running on " + directory + ": stop it and try again");
  }
}
