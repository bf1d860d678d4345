package io.contextkeep.audit.verify;

import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.source.DirectoryLog;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tampers with copies of a log in every known way and shows which check and which party notices
 * each. The original is never changed.
 */
final class TamperDrill {
  /**
   * A way to tamper with a log.
   *
   * @param what the change
   * @param who the party that notices
   */
  record Attack(String what, String who, Spoil spoil) {}

  /** Tampers with a copy and returns what is noticed; empty if nothing is. */
  @FunctionalInterface
  interface Spoil {
    Optional<String> notice(Path directory) throws IOException, SQLException;
  }

  private final Path source;
  private final PrintStream out;

  TamperDrill(Path source, PrintStream out) {
    this.source = source;
    this.out = out;
  }

  /** Returns whether everything was noticed. */
  boolean run() throws IOException, SQLException {
    Path work = Files.createTempDirectory("tamper-drill");
    try {
      return run(Files.isDirectory(source) ? bundle() : DatabaseAttacks.all(source), work);
    } finally {
      delete(work);
    }
  }

  private List<Attack> bundle() throws IOException {
    LogFiles files = LogFiles.read(source);
    List<Attack> attacks = new ArrayList<>(BundleAttacks.all(files, source));
    attacks.addAll(InsiderAttacks.all(files));
    return attacks;
  }

  private boolean run(List<Attack> attacks, Path work) throws IOException, SQLException {
    int tried = 0;
    int noticed = 0;
    for (Attack attack : attacks) {
      Path directory = Files.createDirectory(work.resolve(Integer.toString(++tried)));
      Optional<String> what = attack.spoil().notice(directory);
      noticed += what.isPresent() ? 1 : 0;
      out.println(attack.what());
      out.println(
          what.map(w -> "    noticed by " + attack.who() + ": " + w).orElse("    NOT NOTICED"));
    }
    out.println(noticed + " of " + tried + " ways to tamper with the log were noticed.");
    return noticed == tried;
  }

  /** Returns the first fault of a bundle that its reader can find. */
  static Optional<String> problem(Path bundle, List<VerifierKey> keys, String seen)
      throws IOException {
    Report report =
        LogCheck.check(
            new DirectoryLog(bundle),
            new Trust(keys, Optional.empty(), Optional.of(seen)),
            done -> {});
    return report.problems().stream().findFirst();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
