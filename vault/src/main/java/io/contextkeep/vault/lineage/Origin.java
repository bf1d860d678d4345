package io.contextkeep.vault.lineage;

import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.customers.Customers;
import java.util.Locale;
import java.util.Optional;

/**
 * The origin of a value in DPV's terms. Derived and inferred values are part of access (GDPR,
 * article 15), but not of portability (article 20).
 */
public enum Origin {
  COLLECTED("dpv:CollectedPersonalData"),
  OBSERVED("dpv:ObservedPersonalData"),
  DERIVED(Derived.Kind.DERIVED.curie()),
  INFERRED(Derived.Kind.INFERRED.curie());

  private final String curie;

  Origin(String curie) {
    this.curie = curie;
  }

  public String curie() {
    return curie;
  }

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Origin of(String source, Optional<Derived.Kind> derived) {
    return derived
        .map(kind -> valueOf(kind.name()))
        .orElse(isCustomer(source) ? COLLECTED : OBSERVED);
  }

  /** Returns whether the customer provided it, and not a system. */
  static boolean isCustomer(String source) {
    return source.equals(Customers.SOURCE);
  }
}
