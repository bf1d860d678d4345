package io.contextkeep.vault;

import io.contextkeep.vault.demo.Demo;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that runs a fresh vault with demo data. */
@Command(name = "demo", description = "Runs a fresh vault with demo data on a free port.")
final class DemoCommand implements Callable<Integer> {
  private final PrintStream out;

  @Parameters(
      paramLabel = "<directory>",
      description = "The directory of its files, and of demo.json with its address and tokens.")
  private Path directory;

  DemoCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new IllegalArgumentException(
          "'" + directory + "' is not a directory. Give one, or a name for a new one.");
    }
    Path fresh = Files.createTempDirectory(Files.createDirectories(directory), "demo-vault-");
    Map<String, String> settings = new HashMap<>();
    settings.put("CONTEXTKEEP_DATA", fresh.resolve("data").toString());
    settings.put("CONTEXTKEEP_KEYS", fresh.resolve("keys").toString());
    settings.put("CONTEXTKEEP_HTTP_PORT", "0");
    Path log = fresh.resolve("vault.log");
    LogFile.redirect(log);
    out.println("The vault's log is " + log);
    Vault vault = RunningVault.start(VaultConfig.load(List.of(), settings));
    URI base = URI.create("http://127.0.0.1:" + vault.port());
    new Demo(base, vault.issuer()).run(directory.resolve("demo.json"), out);
    RunningVault.untilStopped(vault);
    return 0;
  }
}
