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

/** Deletes the graph and makes it anew from the database of a vault that is stopped. */
public final class Rebuild {

  /** The last consent event and the last batch that it went through. */
  public record Report(long consents, long batches) {}

  private Rebuild() {}

  /**
   * Makes the graph anew and shows how far it is.
   *
   * @param database opened only once the directory is known to be free
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
