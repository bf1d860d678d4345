package io.contextkeep.vault;

import io.contextkeep.vault.jobs.Threads;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A vault that runs until the program is told to stop. */
final class RunningVault {
  private static final Logger LOG = LoggerFactory.getLogger(RunningVault.class);

  private RunningVault() {}

  static Vault start(VaultConfig config) throws IOException {
    if (config.policy().server().isEmpty()) {
      Preload.policy();
    }
    Vault vault = Vault.start(config, InstantSource.system(), Main::end);
    LOG.atInfo().addKeyValue("port", vault.port()).log("started");
    return vault;
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
