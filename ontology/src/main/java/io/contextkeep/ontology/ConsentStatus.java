package io.contextkeep.ontology;

/** The statuses of consent of DPV 2.3 ({@code dpv:ConsentStatus}). */
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

  /** Returns whether it allows processing. */
  public boolean allows() {
    return allows;
  }

  /** Returns whether it is a refusal, which also covers every narrower purpose. */
  public boolean denies() {
    return switch (this) {
      case REFUSED, WITHDRAWN, REVOKED, INVALIDATED -> true;
      case GIVEN, RENEWED, UNKNOWN, REQUESTED, DEFERRED, EXPIRED -> false;
    };
  }
}
