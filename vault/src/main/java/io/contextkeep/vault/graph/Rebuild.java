package io.contextkeep.vault.graph;

import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.store.Batches;
import io.contextkeep.vault.store.ConsentLedger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Deletes the graph and makes it anew from the database of a vault that is stopped. */
public final class Rebuild {

  /** How many consent events and batches there were, erased events included. */
  public record Report(long consents, long batches) {}

  private Rebuild() {}

  /**
   * Makes the graph anew.
   *
   * @param database opened only once the directory is known to be free
   * @param total is told how many rows there are, before the first
   * @param done is told how many are in the graph, now and then
   * @throws GraphBusy if the vault is running
   */
  public static Report run(
      Path directory,
      Supplier<Db> database,
      SecureRandom random,
      LongConsumer total,
      LongConsumer done) {
    try (GraphDirectory taken = GraphDirectory.take(directory);
        Db db = database.get()) {
      Origin origin = new Origin(db, new ConsentLedger(), new Batches());
      Newest newest = origin.newest();
      total.accept(newest.consents() + newest.batches());
      taken.unmark();
      try (Projection projection = Projection.open(origin, taken, newest, random)) {
        boolean more = true;
        while (more) {
          more = projection.step();
          Progress progress = projection.progress();
          done.accept(progress.consents() + progress.batches());
        }
        projection.compact();
        origin.truncateWal();
        return new Report(newest.consents(), newest.batches());
      }
    }
  }
}
