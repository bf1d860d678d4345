package io.contextkeep.ontology;

/** Where a consent stands: the statuses of DPV 2.3 ({@code dpv:ConsentStatus}). */
public enum ConsentStatus {
  GIVEN("dpv:ConsentGiven", true),
  RENEWED("dpv:RenewedConsentGiven", true),
  UNKNOWN("dpv:ConsentUnknown", false),
  REQUESTED("dpv:ConsentRequested", false),
  DEFERRED("dpv:ConsentRequestDeferred", false),
  REFUSED("dpv:ConsentRefused", false),
  WITHDRAWN("dpv:ConsentWithdrawn", false),
  REVOKED("dpv:ConsentRevoked", false),
  EXPIRED("dpv:ConsentExpired", false),
  INVALIDATED("dpv:ConsentInvalidated", false);

  private final String curie;
  private final boolean allows;

  ConsentStatus(String curie, boolean allows) {
    this.curie = curie;
    this.allows = allows;
  }

  public String curie() {
    return curie;
  }

  public String iri() {
    return Vocabulary.iri(curie);
  }

  /** Whether data may be processed on the strength of it. */
  public boolean allows() {
    return allows;
  }

  /** Whether it is a no, which covers every narrower purpose too. */
  public boolean denies() {
    return switch (this) {
      case REFUSED, WITHDRAWN, REVOKED, INVALIDATED -> true;
      case GIVEN, RENEWED, UNKNOWN, REQUESTED, DEFERRED, EXPIRED -> false;
    };
  }
}
