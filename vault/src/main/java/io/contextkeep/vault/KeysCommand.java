package io.contextkeep.vault;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that prints a vault's public keys. */
@Command(
    name = "keys",
    description =
        "Prints the public keys of the vault's log and of the vault as a witness, as lines of a"
            + " C2SP tlog-policy file.")
final class KeysCommand implements Callable<Integer> {
  private final Map<String, String> environment;
  private final PrintStream out;

  @Parameters(paramLabel = InputFiles.SETTINGS, description = InputFiles.SETTINGS_DESCRIPTION)
  private List<Path> settings = new ArrayList<>();

  KeysCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    out.print(
        Vault.policyLines(InputFiles.settings(settings, environment), InstantSource.system()));
    out.flush();
    return 0;
  }
}
