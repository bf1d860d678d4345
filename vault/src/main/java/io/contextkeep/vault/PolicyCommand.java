package io.contextkeep.vault;

import io.contextkeep.audit.commandline.CommandLines;
import io.contextkeep.ontology.Rfc3339;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The commands with which an operator evaluates a change of policy. */
@Command(
    name = "policy",
    description =
        "Shows what a policy decided or would decide. The token of an operator is taken from the"
            + " environment variable CONTEXTKEEP_TOKEN.")
final class PolicyCommand implements Runnable {
  @Spec private CommandSpec spec;

  private PolicyCommand() {}

  static CommandLine line(Map<String, String> environment, PrintStream out, PrintStream err) {
    return new CommandLine(new PolicyCommand())
        .addSubcommand(new Replay(environment, out, err))
        .addSubcommand(new Explain(environment, out, err))
        .addSubcommand(new WhatIf(environment, out, err));
  }

  @Override
  public void run() {
    throw CommandLines.commandMissing(spec);
  }

  /** The base of the commands, which call a running vault as an operator. */
  private abstract static class Question implements Callable<Integer> {
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    @Parameters(
        index = "0",
        paramLabel = "<url>",
        converter = VaultUrl.class,
        description = "The address of the vault.")
    private URI vault;

    Question(Map<String, String> environment, PrintStream out, PrintStream err) {
      this.environment = environment;
      this.out = out;
      this.err = err;
    }

    @Override
    public final Integer call() throws IOException, InterruptedException {
      String token = VaultUrl.token(environment, "operator");
      return ask(new PolicyClient(vault, token, out, err));
    }

    abstract int ask(PolicyClient client) throws IOException, InterruptedException;
  }

  /** The command that replays decisions under another policy. */
  @Command(
      name = "replay",
      description = "Shows what another policy would have decided about the reads of a period.")
  private static final class Replay extends Question {
    @Parameters(
        index = "1",
        paramLabel = "<from>",
        converter = Time.class,
        description = "A time such as 2026-11-01T00:00:00Z.")
    private String from;

    @Parameters(
        index = "2",
        paramLabel = "<until>",
        converter = Time.class,
        description = "Another.")
    private String until;

    @Parameters(
        index = "3",
        arity = "0..1",
        paramLabel = "<bundle.tar.gz | data.json>",
        description = "The other policy; the active policy if it is left out.")
    private Optional<Path> candidate = Optional.empty();

    Replay(Map<String, String> environment, PrintStream out, PrintStream err) {
      super(environment, out, err);
    }

    @Override
    int ask(PolicyClient client) throws IOException, InterruptedException {
      return client.replay(from, until, candidate);
    }
  }

  /** The command that explains a decision. */
  @Command(name = "explain", description = "Shows why a decision was made.")
  private static final class Explain extends Question {
    @Parameters(
        index = "1",
        paramLabel = "<entry | request>",
        description = "The index of the decision's entry in the audit log, or its request's id.")
    private String decision;

    Explain(Map<String, String> environment, PrintStream out, PrintStream err) {
      super(environment, out, err);
    }

    @Override
    int ask(PolicyClient client) throws IOException, InterruptedException {
      return client.explain(decision);
    }
  }

  /** The command that evaluates other purposes of an app. */
  @Command(
      name = "what-if",
      description = "Shows what would change if the app were registered for these purposes.")
  private static final class WhatIf extends Question {
    @Parameters(index = "1", paramLabel = "<app>", description = "The id of the app.")
    private String app;

    @Parameters(
        index = "2",
        arity = "1",
        paramLabel = "<purpose>",
        split = ",",
        description = "One or more purposes, such as dpv:CustomerCare,dpv:Marketing.")
    private List<String> purposes = new ArrayList<>();

    @Parameters(
        index = "3",
        paramLabel = "<from>",
        converter = Time.class,
        description = "A time such as 2026-11-01T00:00:00Z.")
    private String from;

    @Parameters(
        index = "4",
        paramLabel = "<until>",
        converter = Time.class,
        description = "Another.")
    private String until;

    WhatIf(Map<String, String> environment, PrintStream out, PrintStream err) {
      super(environment, out, err);
    }

    @Override
    int ask(PolicyClient client) throws IOException, InterruptedException {
      return client.whatIf(app, purposes, from, until);
    }
  }

  /** A converter of times in the API's format. */
  static final class Time implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (Rfc3339.parse(text).isEmpty()) {
        throw new TypeConversionException(
            "'" + text + "' is not a time; give one such as 2026-11-01T00:00:00Z");
      }
      return text;
    }
  }
}
