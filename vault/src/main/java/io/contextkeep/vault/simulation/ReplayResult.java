package io.contextkeep.vault.simulation;

import io.contextkeep.vault.policy.PolicyVersion;
import java.util.List;
import java.util.Optional;

/** The result of a replay on the wire: codes, counts and indices, and nothing of a customer. */
record ReplayResult(
    PolicyVersion inForce,
    PolicyVersion candidate,
    long decisions,
    long unchanged,
    boolean newlyAllows,
    boolean complete,
    List<Missing> notAskedAgain,
    List<Flips> flips,
    List<Flips> supposed) {

  /** A number of decisions that could not be asked again. */
  private record Missing(MissingReason why, long count) {}

  private record Flips(
      DecisionChanges.Change change,
      String app,
      String purpose,
      List<String> reasons,
      Optional<String> attribute,
      Optional<String> before,
      Optional<String> after,
      boolean more,
      long count,
      List<Long> entries) {

    static Flips of(DecisionChanges changes) {
      boolean compares = !changes.before().isEmpty();
      return new Flips(
          changes.change(),
          changes.app(),
          changes.purpose(),
          changes.reasons(),
          Optional.of(changes.attribute()).filter(name -> !name.isEmpty()),
          Optional.of(changes.before()).filter(_ -> compares),
          Optional.of(changes.after()).filter(_ -> compares),
          changes.more(),
          changes.count(),
          changes.entries());
    }
  }

  static ReplayResult of(Replayed replayed) {
    return new ReplayResult(
        PolicyVersion.of(replayed.inForce()),
        PolicyVersion.of(replayed.candidate()),
        replayed.decisions(),
        replayed.unchanged(),
        replayed.newlyAllows(),
        replayed.complete(),
        replayed.missing().entrySet().stream()
            .map(missing -> new Missing(missing.getKey(), missing.getValue()))
            .toList(),
        replayed.flips().stream().map(Flips::of).toList(),
        replayed.supposed().stream().map(Flips::of).toList());
  }
}
