package io.contextkeep.vault;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.jobs.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the index of labels. It is derived from the log, so an unreadable one is deleted and
 * rebuilt in the background.
 */
final class IndexFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexFile.class);

  private final Db db;
  private final VerifiableIndex index;

  private IndexFile(Db db, VerifiableIndex index) {
    this.db = db;
    this.index = index;
  }

  static IndexFile open(
      Path file,
      Db logStore,
      AuditLog log,
      Optional<TrustPolicy> witnesses,
      Duration deadline,
      Threads threads)
      throws IOException {
    try {
      return opened(file, logStore, log, witnesses, deadline, threads);
    } catch (StoreUnavailable damaged) {
      LOG.atWarn().log("the verifiable index cannot be read and is rebuilt");
      for (String part : List.of("", "-wal", "-shm")) {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + part));
      }
      return opened(file, logStore, log, witnesses, deadline, threads);
    }
  }

  private static IndexFile opened(
      Path file,
      Db logStore,
      AuditLog log,
      Optional<TrustPolicy> witnesses,
      Duration deadline,
      Threads threads) {
    Db db =
        Db.open(file, List.of(VerifiableIndex.schema()), threads.vital("index-writer"), deadline);
    try {
      return new IndexFile(db, new VerifiableIndex(logStore, log, db, witnesses));
    } catch (StoreUnavailable damaged) {
      db.close();
      throw damaged;
    }
  }

  VerifiableIndex index() {
    return index;
  }

  @Override
  public void close() {
    db.close();
  }
}
