package io.contextkeep.audit.verify;

import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The option with the source of a token. Tokens come from the environment: every user of the
 * machine can see a command line.
 */
final class TokenOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--token-env",
      paramLabel = "<name>",
      description = "The environment variable that has a token for the vault.")
  private Optional<String> name = Optional.empty();

  Optional<String> token() {
    return name.map(this::secret);
  }

  private String secret(String variable) {
    return Optional.ofNullable(System.getenv(variable))
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(),
                    "The environment has no variable " + variable + "; put the token into it."));
  }
}
