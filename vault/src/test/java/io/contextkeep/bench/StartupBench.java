package io.contextkeep.bench;

import java.nio.file.Path;

/** The time from the start of the process to the first answers, on a vault with 520 customers. */
final class StartupBench implements Benchmark {

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    Path dir = settings.directory("startup");
    String shop;
    try (VaultProcess vault = VaultProcess.start(dir)) {
      vault.awaitReady();
      RetailVault.fill(vault);
      shop = vault.token("app", "shop");
    }
    String customer = RetailVault.customers().getFirst();
    for (int round = 0; round < settings.rounds(); round++) {
      long begun = System.nanoTime();
      try (VaultProcess vault = VaultProcess.start(dir)) {
        vault.awaitReady();
        figures.add("startup.ready", "ms", (System.nanoTime() - begun) / 1e6);
        int status = vault.get(RetailVault.path(customer), shop).statusCode();
        figures.add("startup.first.answer", "ms", (System.nanoTime() - begun) / 1e6);
        PromiseBroken.unless(status == 200, "the first answer was " + status);
      }
    }
    Trees.delete(dir);
  }
}
