package io.contextkeep.vault;

import io.contextkeep.vault.demo.Api;
import io.contextkeep.vault.demo.RetailLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that loads the Online Retail data set. */
@Command(
    name = "load-retail",
    description =
        "Loads the Online Retail data set. The token of a source is taken from the environment"
            + " variable CONTEXTKEEP_TOKEN.")
final class LoadRetailCommand implements Callable<Integer> {
  private final Map<String, String> environment;
  private final PrintStream out;

  @Parameters(
      index = "0",
      paramLabel = "<url>",
      converter = VaultUrl.class,
      description = "The address of the vault.")
  private URI vault;

  @Parameters(index = "1", paramLabel = "<csv.gz>", description = "The data set.")
  private Path file;

  LoadRetailCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    InputFiles.check(file, "a gzipped CSV");
    String token = VaultUrl.token(environment, "source");
    long begun = System.nanoTime();
    try (InputStream in = Files.newInputStream(file)) {
      RetailLoader.Report report = new RetailLoader(new Api(vault, () -> token), true).load(in, -1);
      out.println(report + " in " + Duration.ofNanos(System.nanoTime() - begun).toSeconds() + " s");
    }
    return 0;
  }
}
