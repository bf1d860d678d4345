package io.contextkeep.vault.rights;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.policy.Processing;
import io.contextkeep.vault.registry.Registry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The processing that registered apps may do under the policy in force. */
final class ProcessingToday {
  private final Registry registry;
  private final Supplier<Map<String, Processing>> allowed;

  /**
   * @param allowed the processing that the policy in force allows for each purpose
   */
  ProcessingToday(Registry registry, Supplier<Map<String, Processing>> allowed) {
    this.registry = registry;
    this.allowed = allowed;
  }

  /** Returns the processing for the purpose and all narrower ones, or all where none is given. */
  List<Processing> within(Optional<Purpose> broadest) {
    Map<String, Processing> all = allowed.get();
    return registry.apps().stream()
        .flatMap(app -> app.purposes().stream())
        .distinct()
        .flatMap(purpose -> Optional.ofNullable(all.get(purpose)).stream())
        .filter(each -> broadest.isEmpty() || each.purpose().isWithin(broadest.get()))
        .toList();
  }

  /**
   * Returns whether a customer can object to the purpose: on every basis but a legal obligation,
   * and before any processing.
   */
  boolean canBeObjectedTo(Purpose purpose) {
    List<Processing> about = within(Optional.of(purpose));
    return about.isEmpty() || about.stream().anyMatch(Processing::canBeObjectedTo);
  }
}
