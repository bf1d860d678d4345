package io.contextkeep.audit.verify;

import io.contextkeep.audit.commandline.CommandLines;
import io.contextkeep.audit.commandline.Version;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The standalone log verifier, which needs no trust in the vault. */
@Command(
    name = "audit",
    description = "Checks a vault's audit log from outside.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything holds",
      "1:a check failed",
      "2:the check was not possible: the command line is invalid, or a file or URL cannot be read"
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    // The database driver logs through SLF4J; the warning about a missing logger would be noise.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.exit(run(List.of(args), System.out, System.err));
  }

  /** Runs a command and returns its exit code. */
  static int run(List<String> args, PrintStream out, PrintStream err) {
    return CommandLines.of(
            new Main(),
            List.of(
                new VerifyCommand(out),
                new ExportCommand(out),
                new TamperDrillCommand(out),
                new ReceiptCommand(out),
                new AccessesCommand(out)),
            _ -> CommandLines.USAGE,
            out,
            err)
        .execute(args.toArray(String[]::new));
  }

  @Override
  public void run() {
    throw CommandLines.commandMissing(spec);
  }
}
