package io.contextkeep.vault.consent.signals;

import io.contextkeep.ontology.Purpose;
import java.time.Instant;
import java.util.Set;

/** A no that a signal holds. */
public sealed interface OptOut {

  /**
   * To purposes, for whoever the signal is given to.
   *
   * @param latest the latest instant at which it can have been said
   */
  record ToPurposes(Set<Purpose> purposes, Instant latest) implements OptOut {
    public ToPurposes {
      purposes = Set.copyOf(purposes);
    }
  }

  /** To sale, sharing or advertising that follows her, for everybody; when, it does not say. */
  record ToSaleOrSharing() implements OptOut {}
}
