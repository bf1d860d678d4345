package io.contextkeep.vault.consent.signals;

import io.contextkeep.ontology.Purpose;
import java.time.Instant;
import java.util.Set;

/** An opt-out in a signal. */
public sealed interface OptOut {

  /**
   * An opt-out of purposes, for the recipient of the signal.
   *
   * @param latest the latest instant at which the choice can have been made
   */
  record ToPurposes(Set<Purpose> purposes, Instant latest) implements OptOut {
    public ToPurposes {
      purposes = Set.copyOf(purposes);
    }
  }

  /** An opt-out of sale, sharing or cross-context advertising, by everyone, without a time. */
  record ToSaleOrSharing() implements OptOut {}
}
