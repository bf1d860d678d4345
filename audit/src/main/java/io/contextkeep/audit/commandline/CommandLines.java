package io.contextkeep.audit.commandline;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Command lines with {@code help}, {@code --help}, {@code --version} and {@code
 * generate-completion}, which answer bad input with one line on standard error and never with a
 * stack trace.
 */
public final class CommandLines {
  /** The exit code of success. */
  public static final int DONE = 0;

  /** The exit code of a check that failed, or of a command that was refused. */
  public static final int FAILED = 1;

  /** The exit code of a command line or of input that cannot be used. */
  public static final int USAGE = 2;

  private CommandLines() {}

  /**
   * Returns the command line of a command and its subcommands.
   *
   * @param exitCode the exit code of a command that ended with the exception
   */
  public static CommandLine of(
      Object command,
      List<?> subcommands,
      ToIntFunction<Exception> exitCode,
      PrintStream out,
      PrintStream err) {
    CommandLine line = new CommandLine(command);
    subcommands.forEach(line::addSubcommand);
    line.addSubcommand(new HelpCommand()).addSubcommand(new AutoComplete.GenerateCompletion());
    // An argument that begins with @ is an argument, not a file of arguments.
    return line.setExpandAtFiles(false)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setParameterExceptionHandler((e, _) -> misused(e))
        .setExecutionExceptionHandler(
            (e, its, _) -> {
              its.getErr()
                  .println(its.getCommandSpec().qualifiedName() + ": " + Failures.message(e));
              return exitCode.applyAsInt(e);
            });
  }

  /** Refuses a command line that lacks the name of a subcommand. */
  public static ParameterException commandMissing(CommandSpec spec) {
    List<String> names =
        spec.subcommands().values().stream()
            .distinct()
            .map(CommandLine::getCommandName)
            .sorted()
            .toList();
    return new ParameterException(
        spec.commandLine(), "Give one of the commands " + String.join(", ", names) + ".");
  }

  private static int misused(ParameterException e) {
    CommandLine line = e.getCommandLine();
    String name = line.getCommandSpec().qualifiedName();
    line.getErr()
        .println(
            name + ": " + Failures.oneLine(problem(e)) + " See '" + name + " --help' for usage.");
    return USAGE;
  }

  private static String problem(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      String first = unmatched.getUnmatched().getFirst();
      if (unmatched.isUnknownOption()) {
        return "There is no option " + first + ".";
      }
      return e.getCommandLine().getSubcommands().isEmpty()
          ? "The argument '" + first + "' is one too many."
          : "There is no command '" + first + "'.";
    }
    String message = Optional.ofNullable(e.getMessage()).orElse("The arguments are invalid");
    return message.endsWith(".") ? message : message + ".";
  }
}
