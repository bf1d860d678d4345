package io.contextkeep.vault;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.ops.Backup;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that copies a vault. */
@Command(name = "backup", description = "Copies a vault, running or not, and checks the copy.")
final class BackupCommand implements Callable<Integer> {
  private final Map<String, String> environment;
  private final PrintStream out;

  @Parameters(
      index = "0",
      paramLabel = "<directory>",
      description = "The directory of the copy, which must not exist.")
  private Path directory;

  @Parameters(
      index = "1..*",
      paramLabel = InputFiles.SETTINGS,
      description = InputFiles.SETTINGS_DESCRIPTION)
  private List<Path> settings = new ArrayList<>();

  BackupCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    VaultConfig config = InputFiles.settings(settings, environment);
    try {
      Backup.Report report =
          Backup.write(config.store().data(), config.store().keys(), directory, Customers::all);
      out.printf(
          """
          Copied and checked: %d customers, audit log of %d entries with root %s.
          Keep %s and %s in different places; the root key is in neither, keep it in a third.
          """,
          report.customers(),
          report.entries(),
          report.root(),
          directory.resolve("data"),
          directory.resolve("keys"));
      return 0;
    } catch (IllegalStateException | StoreUnavailable e) {
      throw new IllegalStateException("No backup was made. " + e.getMessage(), e.getCause());
    }
  }
}
