package io.contextkeep.vault.changes;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A change of an app's registration as the app's customers see it.
 *
 * @param entry the entry of the log that shows it
 * @param changes each difference as a sentence
 */
public record ToldChange(
    String app, Optional<Instant> at, Optional<Long> entry, List<String> changes) {
  private static final int MAX_CHANGES = 100;

  /** Returns the newest changes of the apps that came into force. */
  public static List<ToldChange> of(Changes changes, Collection<String> apps) {
    return changes.appliedToApps(apps, MAX_CHANGES).stream()
        .map(change -> of(changes, change))
        .toList();
  }

  private static ToldChange of(Changes changes, Change change) {
    return new ToldChange(
        change.target(),
        change.decided(),
        change.entry(),
        Difference.between(change.before().map(changes::document), changes.document(change.after()))
            .stream()
            .map(Difference::says)
            .toList());
  }
}
