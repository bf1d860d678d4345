package io.contextkeep.vault;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.CompiledPolicy;
import io.contextkeep.vault.jobs.Threads;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A vault that runs until the program is told to stop. */
final class RunningVault {
  private static final Logger LOG = LoggerFactory.getLogger(RunningVault.class);

  private RunningVault() {}

  static Vault start(VaultConfig config) throws IOException {
    if (config.policy().server().isEmpty()) {
      loadPolicyMeanwhile();
    }
    Vault vault = Vault.start(config, InstantSource.system(), Main::end);
    LOG.atInfo().addKeyValue("port", vault.port()).log("started");
    return vault;
  }

  /** Loads the built-in rules while the files are opened; the first decision waits for them. */
  private static void loadPolicyMeanwhile() {
    ExecutorService threads = Threads.computing("policy-loader");
    threads.execute(() -> CompiledPolicy.of(Bundle.builtIn().wasm()));
    threads.shutdown();
  }

  static void untilStopped(Vault vault) throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Threads.hook(
                () -> {
                  vault.close();
                  LOG.info("stopped");
                  Main.flushLogs();
                  stopped.countDown();
                }));
    stopped.await();
  }
}
