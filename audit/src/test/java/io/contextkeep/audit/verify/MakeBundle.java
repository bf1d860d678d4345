package io.contextkeep.audit.verify;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.CheckpointFile;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.Sealer;
import io.contextkeep.audit.TestKeys;
import io.contextkeep.audit.TestStore;
import io.contextkeep.audit.VerifiableIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;

/** Writer of an evidence bundle of a log with every feature, for tests of other tools. */
final class MakeBundle {

  private MakeBundle() {}

  /**
   * Writes the bundle; the arguments are the directory, which must not exist, and the number of
   * entries.
   *
   * @throws Exception if it cannot be written
   */
  public static void main(String[] args) throws Exception {
    Path work = Files.createTempDirectory("make-bundle");
    long size = Long.parseLong(args[1]);
    try (TestStore store = TestStore.create(work.resolve("log.db"));
        TestStore indexStore = new TestStore(work.resolve("index.db"));
        CheckpointFile kept = CheckpointFile.open(work.resolve("last.checkpoint"))) {
      indexStore.sql(VerifiableIndex.schema().split(";"));
      AuditLog log =
          new AuditLog(store, TestKeys.of(1), kept, InstantSource.system(), new SecureRandom());
      VerifiableIndex index = new VerifiableIndex(store, log, indexStore);
      Sealer ann = new Sealer((byte) 1);
      while (log.size() < size - 1) {
        long batch = Math.min(200, size - 1 - log.size());
        store.inWrite(
            c -> {
              for (int i = 0; i < batch; i++) {
                AuditEntry entry = AuditEntry.of(EntryType.READ, Map.of("actor", "shop" + i));
                log.stage(c, i % 5 == 0 ? entry.about(7, ann, Map.of()) : entry);
              }
              return 0;
            });
      }
      while (log.size() < size) {
        index.update(); // Each update takes in a part; the root is the last entry.
      }
      log.publish();
      store.inRead(
          c -> {
            try {
              Bundle.write(c, Path.of(args[0]), done -> {});
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
            return 0;
          });
    }
  }
}
