package io.contextkeep.vault.faults;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.Receipt;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/**
 * The vault's log without the vault: writers that append as fast as they are answered, a publisher,
 * and on standard output one line for each answer. Small enough to be started and killed hundreds
 * of times.
 */
final class LogProgram {
  static final String RECEIPT = "receipt ";
  static final String REFUSED = "refused";
  static final String READY = "ready";
  static final String DONE = "done";
  static final String PRUNE = "prune";

  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  private LogProgram() {}

  /**
   * @param args the directory, the number of writers, how often each appends, and {@value #PRUNE}
   *     if whatever can be is pruned all the time
   */
  public static void main(String[] args) throws Exception {
    int appends = Integer.parseInt(args[2]);
    try (Opened opened = Opened.at(Path.of(args[0]))) {
      AuditEntry entry = opened.entry();
      Thread[] writers = new Thread[Integer.parseInt(args[1])];
      say(READY);
      for (int i = 0; i < writers.length; i++) {
        writers[i] = Thread.ofPlatform().start(() -> append(opened.log(), entry, appends));
      }
      boolean prunes = args.length > 3 && args[3].equals(PRUNE);
      THREADS.newThread(() -> publishForEver(opened.log(), prunes)).start();
      for (Thread writer : writers) {
        writer.join();
      }
      say(DONE);
    }
  }

  private static void append(AuditLog log, AuditEntry entry, int times) {
    for (int i = 0; i < times; i++) {
      try {
        Receipt receipt = log.append(entry);
        say(RECEIPT + receipt.index() + " " + receipt.leafHash());
      } catch (StoreUnavailable e) {
        say(REFUSED);
      }
    }
  }

  /** Publishes far more often than the vault, so that faults hit it. */
  private static void publishForEver(AuditLog log, boolean prunes) {
    while (true) {
      try {
        log.publish();
        if (prunes) {
          log.prune(Instant.now());
        }
        Thread.sleep(5);
      } catch (StoreUnavailable | UncheckedIOException e) {
        // The next attempt replaces it.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** A log in a directory, with entries about a customer. */
  record Opened(SubjectKeys keys, Db db, AuditLog log) implements AutoCloseable {

    static Opened at(Path dir) throws IOException {
      Files.createDirectories(dir);
      RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
      SubjectKeys keys = new SubjectKeys(dir.resolve("keys.db"), root, new SecureRandom(), THREADS);
      Db db = Db.open(database(dir), AuditLog.migrations(), THREADS);
      return new Opened(keys, db, Inside.log(dir, db, root));
    }

    static Path database(Path dir) {
      return dir.resolve("vault.db");
    }

    private AuditEntry entry() {
      SubjectId subject = SubjectId.random(new SecureRandom());
      keys.create(List.of(subject));
      SubjectKey key = keys.find(subject).orElseThrow();
      return AuditEntry.of(EntryType.READ, Map.of("actor", "shop", "decision", "permit"))
          .about(subject.value(), key, Map.of());
    }

    @Override
    public void close() {
      db.close();
      keys.close();
    }
  }
}
