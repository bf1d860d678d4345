package io.contextkeep.audit.verify;

import io.contextkeep.audit.Replay;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.note.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The result of a check of a log, for people.
 *
 * @param checked the successful checks, a line each
 * @param unchecked the checks that were not possible, and why
 * @param problems all faults
 */
public record Report(
    String source, List<String> checked, List<String> unchecked, List<String> problems) {

  public Report {
    checked = List.copyOf(checked);
    unchecked = List.copyOf(unchecked);
    problems = List.copyOf(problems);
  }

  public boolean whole() {
    return problems.isEmpty();
  }

  /** Returns the result of a replay of all entries. */
  static List<String> facts(Replay replay) {
    List<String> facts = new ArrayList<>();
    facts.add("log          " + replay.origin().orElse("without a checkpoint"));
    facts.add(count("entries", replay.size()) + ", root " + Wire.base64(replay.root()));
    facts.add(count("checkpoints", replay.checkpoints()) + " compared with the entries");
    facts.add(count("index roots", replay.mapRoots()) + " rebuilt from the entries");
    facts.add(
        count("private", replay.committed())
            + " parts committed to, "
            + replay.erased()
            + " erased"
            + (replay.pruned() == 0 ? "" : ", " + replay.prunedParts() + " pruned"));
    if (replay.pruned() > 0) {
      facts.add(
          count("pruned", replay.pruned()) + " of the entries for their age, by the log's account");
    }
    replay.signers().stream()
        .map(VerifierKey::toString)
        .forEach(key -> facts.add("signed by    " + key));
    return facts;
  }

  private static String count(String what, long number) {
    return String.format(Locale.ROOT, "%-12s %,d", what, number);
  }

  /** Returns the report as text. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("source       ").append(source).append('\n');
    checked.forEach(line -> text.append(line).append('\n'));
    unchecked.forEach(line -> text.append("not checked: ").append(line).append('\n'));
    problems.forEach(line -> text.append("PROBLEM: ").append(line).append('\n'));
    return text.append(whole() ? "The log is whole.\n" : "The log is NOT whole.\n").toString();
  }
}
