package io.contextkeep.vault.graph;

import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.provenance.Batches;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Rebuilds the graph from the database of a stopped vault. */
public final class Rebuild {

  /** The last consent event and the last batch in the graph. */
  public record Report(long consents, long batches) {}

  private Rebuild() {}

  /**
   * Rebuilds the graph and shows the progress.
   *
   * @param database opens the database, once the directory is known to be free
   * @throws GraphBusy if the vault is running
   */
  public static Report run(Path directory, Supplier<Db> database, SecureRandom random) {
    try (GraphDirectory taken = GraphDirectory.take(directory);
        Db db = database.get()) {
      Origin origin = new Origin(db, new Batches(), InstantSource.system());
      Newest newest = origin.newest();
      taken.unmark();
      try (Projection projection = Projection.open(origin, taken, new Lending(), newest, random);
          ProgressBar bar = bar(newest.consents() + newest.batches())) {
        boolean more = true;
        while (more) {
          more = projection.step();
          bar.stepTo(projection.progress().consents() + projection.progress().batches());
        }
        projection.compact();
      }
      origin.truncateWal();
      return new Report(newest.consents(), newest.batches());
    }
  }

  private static ProgressBar bar(long rows) {
    return new ProgressBarBuilder()
        .setTaskName("Rebuilding")
        .setInitialMax(rows)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(500)
        .build();
  }
}
