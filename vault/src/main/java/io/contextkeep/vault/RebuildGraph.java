package io.contextkeep.vault;

import io.contextkeep.vault.graph.GraphBusy;
import io.contextkeep.vault.graph.Rebuild;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/** The command that deletes the graph and makes it anew from the database. */
final class RebuildGraph {

  private RebuildGraph() {}

  /** Does it, or says why not and ends the program with an error. */
  static void run(VaultConfig config) {
    try {
      Rebuild.Report report = rebuild(config);
      System.out.println(
          "The graph is made anew, up to consent event "
              + report.consents()
              + " and batch "
              + report.batches());
    } catch (GraphBusy | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Makes the graph anew and shows how far it is.
   *
   * @throws IllegalArgumentException if there is no vault
   * @throws GraphBusy if it is running
   */
  static Rebuild.Report rebuild(VaultConfig config) {
    Path database = config.data().resolve("vault.db");
    if (!Files.exists(database)) {
      throw new IllegalArgumentException(
          "There is no vault in " + config.data() + ": check the setting 'data'");
    }
    return Rebuild.run(
        Vault.graphDirectory(config), () -> Vault.openDatabase(config), new SecureRandom());
  }
}
