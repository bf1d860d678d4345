package io.contextkeep.bench;

import io.contextkeep.vault.demo.RetailLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The load of the whole Online Retail data set through the public API, or of its bundled sample,
 * with the numbers of accepted and refused lines.
 */
final class IngestBench implements Benchmark {

  @Override
  public void run(Settings settings, Figures figures) throws Exception {
    String name = settings.retail().isPresent() ? "ingest.retail" : "ingest.sample";
    Path dir = settings.directory("ingest");
    try (VaultProcess vault = VaultProcess.start(dir);
        InputStream data = open(settings)) {
      vault.awaitReady();
      RetailVault.register(vault);
      long begun = System.nanoTime();
      RetailLoader.Report report = RetailVault.load(vault, data);
      double seconds = (System.nanoTime() - begun) / 1e9;
      figures.add(name, "lines/s", report.lines() / seconds);
      figures.add(name + ".time", "s", seconds);
      figures.add(name + ".lines", "lines", report.lines());
      figures.add(name + ".kept", "lines", report.kept());
      report.refused().forEach((why, n) -> figures.add(name + ".refused." + why, "lines", n));
      figures.add(name + ".cancellations", "lines", report.cancellations());
      PromiseBroken.unless(
          report.kept() > report.lines() / 2, "of " + report.lines() + " lines few were kept");
    }
    Trees.delete(dir);
  }

  private static InputStream open(Settings settings) throws IOException {
    return settings.retail().isPresent()
        ? Files.newInputStream(settings.retail().get())
        : RetailVault.sample();
  }
}
