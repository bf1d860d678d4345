package io.contextkeep.vault;

import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.CompiledPolicy;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.jobs.Threads;
import io.netty.buffer.ByteBufAllocator;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;

/**
 * Loads on threads of its own what a start needs later, while the start reads its settings and
 * opens its files: half of a start is the loading of classes, and a second processor would idle. It
 * has no other effect; what fails here fails again, and is reported, where it is needed.
 */
final class Preload {
  private Preload() {}

  /** Begins to load what every vault needs. */
  static void libraries() {
    begin(Preload::loadLibraries);
  }

  /** Begins to load the built-in policy; the first decision waits for it. */
  static void policy() {
    begin(() -> CompiledPolicy.of(Bundle.builtIn().wasm()));
  }

  private static void begin(Runnable work) {
    ExecutorService threads = Threads.computing("preload");
    threads.execute(() -> attempt(work));
    threads.shutdown();
  }

  private static void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | LinkageError failed) {
      // The start meets the same failure and reports it.
    }
  }

  /**
   * Unpacks and links SQLite's library, and then loads what signs and what the server writes to.
   */
  private static void loadLibraries() {
    Db.loadDriver();
    SignerKey.ed25519("preload", new byte[32]).sign("preload\n");
    SignerKey.mlDsa44Cosigner("preload", new byte[32], InstantSource.system());
    ByteBufAllocator.DEFAULT.heapBuffer().release();
  }
}
