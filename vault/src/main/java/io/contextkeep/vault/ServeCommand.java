package io.contextkeep.vault;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that runs a vault. */
@Command(name = "serve", description = "Runs a vault.")
final class ServeCommand implements Callable<Integer> {
  private final Map<String, String> environment;

  @Parameters(paramLabel = InputFiles.SETTINGS, description = InputFiles.SETTINGS_DESCRIPTION)
  private List<Path> settings;

  ServeCommand(Map<String, String> environment) {
    this(environment, List.of());
  }

  ServeCommand(Map<String, String> environment, List<Path> settings) {
    this.environment = environment;
    this.settings = new ArrayList<>(settings);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    RunningVault.untilStopped(RunningVault.start(InputFiles.settings(settings, environment)));
    return 0;
  }
}
