package io.contextkeep.vault;

import io.contextkeep.vault.graph.Rebuild;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that rebuilds the graph from the database. */
@Command(
    name = "rebuild-graph",
    description = "Rebuilds the graph from the database, while the vault is stopped.")
final class RebuildGraphCommand implements Callable<Integer> {
  private final Map<String, String> environment;
  private final PrintStream out;

  @Parameters(paramLabel = InputFiles.SETTINGS, description = InputFiles.SETTINGS_DESCRIPTION)
  private List<Path> settings = new ArrayList<>();

  RebuildGraphCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    Rebuild.Report report = rebuild(InputFiles.settings(settings, environment));
    out.println(
        "The graph is rebuilt, up to consent event "
            + report.consents()
            + " and batch "
            + report.batches());
    return 0;
  }

  /**
   * Rebuilds the graph and shows the progress.
   *
   * @throws IllegalStateException if there is no vault, or it is running
   */
  static Rebuild.Report rebuild(VaultConfig config) {
    Path database = config.store().data().resolve("vault.db");
    if (!Files.exists(database)) {
      throw new IllegalStateException(
          "No vault found in " + config.store().data() + ": check the setting 'data'");
    }
    return Rebuild.run(
        Vault.graphDirectory(config), () -> Vault.openDatabase(config), new SecureRandom());
  }
}
