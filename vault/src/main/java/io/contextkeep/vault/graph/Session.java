package io.contextkeep.vault.graph;

import io.contextkeep.ontology.PiiRefused;
import java.nio.file.Path;
import java.security.SecureRandom;

/** An open graph: its directory, its projection and its cleaner. */
record Session(GraphDirectory directory, Projection projection, Cleaner cleaner)
    implements AutoCloseable {

  /** The remaining work after a round: more of the same now, or something later. */
  record Left(boolean more, boolean later) {
    boolean isNothing() {
      return !more && !later;
    }
  }

  /**
   * Opens the graph and continues from its progress.
   *
   * @param anew whether to rebuild it instead
   */
  static Session open(
      Origin origin, Path path, Lending lending, Newest known, SecureRandom random, boolean anew) {
    GraphDirectory directory = GraphDirectory.take(path);
    try {
      if (anew) {
        directory.unmark();
      }
      Projection projection = Projection.open(origin, directory, lending, known, random);
      return new Session(directory, projection, new Cleaner(projection, origin));
    } catch (RuntimeException | Error e) {
      directory.close();
      throw e;
    }
  }

  /** Projects a slice and cleans. A refused row delays its kind, but no erasure. */
  Left work() {
    boolean more;
    try {
      more = projection.step();
    } catch (PiiRefused refused) {
      cleaner.clean();
      throw refused;
    }
    return new Left(more, cleaner.clean());
  }

  @Override
  public void close() {
    try (GraphDirectory last = directory) {
      projection.close();
    }
  }
}
