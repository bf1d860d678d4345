package io.contextkeep.audit.verify;

import io.contextkeep.audit.note.VerifierKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the program was asked on its command line. */
record Options(
    String command,
    List<String> arguments,
    List<VerifierKey> keys,
    Optional<Path> policy,
    Optional<Path> seen,
    Optional<String> token) {

  /** A command line that the program does not understand. */
  static final class Misused extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    Misused(String what) {
      super(what);
    }
  }

  Options {
    arguments = List.copyOf(arguments);
    keys = List.copyOf(keys);
  }

  static Options parse(List<String> args) {
    List<String> arguments = new ArrayList<>();
    List<VerifierKey> keys = new ArrayList<>();
    Optional<Path> policy = Optional.empty();
    Optional<Path> seen = Optional.empty();
    Optional<String> token = Optional.empty();
    for (int i = 0; i < args.size(); i++) {
      switch (args.get(i)) {
        case "--vkey" -> keys.add(VerifierKey.parse(value(args, ++i)));
        case "--policy" -> policy = Optional.of(Path.of(value(args, ++i)));
        case "--seen" -> seen = Optional.of(Path.of(value(args, ++i)));
        case "--token-env" -> token = Optional.of(secret(value(args, ++i)));
        default -> {
          if (args.get(i).startsWith("--")) {
            throw new Misused("There is no option " + args.get(i));
          }
          arguments.add(args.get(i));
        }
      }
    }
    String command = arguments.isEmpty() ? "" : arguments.removeFirst();
    return new Options(command, arguments, keys, policy, seen, token);
  }

  String argument(int i) {
    if (i >= arguments.size()) {
      throw new Misused("The command '" + command + "' needs more arguments");
    }
    return arguments.get(i);
  }

  private static String value(List<String> args, int i) {
    if (i >= args.size()) {
      throw new Misused("The option " + args.getLast() + " needs a value");
    }
    return args.get(i);
  }

  /** Tokens come from the environment: a command line is there for everybody to see. */
  private static String secret(String name) {
    return Optional.ofNullable(System.getenv(name))
        .orElseThrow(() -> new Misused("The environment has no " + name));
  }

  @Override
  public String toString() {
    return "Options[" + command + "]";
  }
}
