package io.contextkeep.vault.lineage;

import io.contextkeep.vault.context.Derived;
import io.contextkeep.vault.customers.Customers;
import java.util.Locale;
import java.util.Optional;

/**
 * How something came to be known, in DPV's words. What follows from the rest or is guessed belongs
 * to what she may see (GDPR, article 15) and not to what must be portable (article 20).
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

  /** Whether the customer herself said it, and not a system about her. */
  static boolean isCustomer(String source) {
    return source.equals(Customers.SOURCE);
  }
}
