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

/** The commands by which an operator looks before changing a policy. */
@Command(
    name = "policy",
    description =
        "Says what a policy decided or would decide. The token of an operator is taken from the"
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

  /** What each of the commands does: it asks a running vault as an operator. */
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

  /** What another policy would have decided. */
  @Command(
      name = "replay",
      description = "Says what another policy would have decided of the reads of a period.")
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
        description = "The other policy; without it, the policy in force.")
    private Optional<Path> candidate = Optional.empty();

    Replay(Map<String, String> environment, PrintStream out, PrintStream err) {
      super(environment, out, err);
    }

    @Override
    int ask(PolicyClient client) throws IOException, InterruptedException {
      return client.replay(from, until, candidate);
    }
  }

  /** Why a decision was made. */
  @Command(name = "explain", description = "Says why a decision was made.")
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

  /** What would change with other purposes of an app. */
  @Command(
      name = "what-if",
      description = "Says what would change were the app registered for these purposes.")
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

  /** A time as the vault's API takes it. */
  static final class Time implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (Rfc3339.parse(text).isEmpty()) {
        throw new TypeConversionException(
            "'" + text + "' is no time; give one such as 2026-11-01T00:00:00Z");
      }
      return text;
    }
  }
}
