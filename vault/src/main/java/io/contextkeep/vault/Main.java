package io.contextkeep.vault;

import ch.qos.logback.classic.LoggerContext;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.audit.commandline.CommandLines;
import io.contextkeep.audit.commandline.Failures;
import io.contextkeep.audit.commandline.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program {@code contextkeep}; each of its commands is a class of its own. */
@Command(
    name = "contextkeep",
    description = "A privacy-first, consent-governed vault for customer context.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:refused or failed",
      "2:invalid command line, setting or file",
      "3:policy replay and policy what-if: something would be newly allowed",
      "70:internal error, or the end of a vital thread"
    })
public final class Main implements Runnable {
  /** The exit code of a vault that stopped itself, as {@code EX_SOFTWARE}. */
  static final int THREAD_ENDED = 70;

  /** The commands that start a vault. */
  private static final Set<String> STARTS = Set.of("serve", "demo");

  /** The exit code of an internal error. */
  private static final int FAULT = 70;

  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length > 0 && STARTS.contains(arguments[0])) {
      Preload.libraries();
    }
    int exitCode = run(List.of(arguments), System.getenv(), System.out, System.err);
    flushLogs();
    System.exit(exitCode);
  }

  /** Runs a command and returns its exit code. */
  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (isPlainServe(arguments)) {
      return serve(arguments.stream().skip(1).map(Path::of).toList(), environment, err);
    }
    return CommandLines.of(
            new Main(),
            List.of(
                new ServeCommand(environment),
                new TokenCommand(environment, out),
                new KeysCommand(environment, out),
                new BackupCommand(environment, out),
                new RebuildGraphCommand(environment, out),
                PolicyCommand.line(environment, out, err),
                new DemoCommand(out),
                new PrepareCommand(out),
                new LoadRetailCommand(environment, out)),
            Main::exitCode,
            out,
            err)
        .execute(arguments.toArray(String[]::new));
  }

  /** Returns whether a vault is to run and nothing else is asked: there is no option. */
  private static boolean isPlainServe(List<String> arguments) {
    return !arguments.isEmpty()
        && arguments.getFirst().equals("serve")
        && arguments.stream().noneMatch(argument -> argument.startsWith("-"));
  }

  /**
   * Runs a vault without the library of command lines, whose classes are too old for an archive:
   * loading them takes a fifth of a start.
   */
  private static int serve(List<Path> settings, Map<String, String> environment, PrintStream err) {
    try {
      return new ServeCommand(environment, settings).call();
    } catch (IOException | InterruptedException | RuntimeException e) {
      err.println("contextkeep serve: " + Failures.message(e));
      return exitCode(e);
    }
  }

  @Override
  public void run() {
    throw CommandLines.commandMissing(spec);
  }

  private static int exitCode(Exception e) {
    return switch (e) {
      case IllegalArgumentException _ -> CommandLines.USAGE;
      case IOException _, UncheckedIOException _, IllegalStateException _, StoreUnavailable _ ->
          CommandLines.FAILED;
      case InterruptedException _ -> CommandLines.FAILED;
      default -> {
        log().atError().setCause(e).log("internal error");
        yield FAULT;
      }
    };
  }

  /**
   * Ends the program at once, like a crash, which the next start recovers from: anything that needs
   * the thread that ended would wait forever.
   */
  static void end(String thread, Throwable why) {
    try {
      log()
          .atError()
          .addKeyValue("thread", thread)
          .addKeyValue("thrown", why.getClass().getName())
          .addKeyValue("exit", THREAD_ENDED)
          .log("a vital thread has ended, so the vault stops");
      flushLogs();
    } finally {
      Runtime.getRuntime().halt(THREAD_ENDED);
    }
  }

  /** Returns the program's log. It is not a constant, so that the preloading begins before it. */
  private static Logger log() {
    return LoggerFactory.getLogger(Main.class);
  }

  /** Flushes the log, whose lines are written by a thread of their own. */
  static void flushLogs() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
      logs.stop();
    }
  }
}
