package io.contextkeep.ontology;

import java.util.Set;

/** Who said something about a consent: entities of DPV 2.3. */
public enum Indicator {
  SUBJECT("dpv:DataSubject"),
  GUARDIAN("dpv:GuardianOfDataSubject"),
  CONTROLLER("dpv:DataController"),
  AUTHORITY("dpv:Authority");

  private static final Set<Indicator> ANSWERING = Set.of(SUBJECT, GUARDIAN);

  private final String curie;

  Indicator(String curie) {
    this.curie = curie;
  }

  public String curie() {
    return curie;
  }

  public String iri() {
    return Vocabulary.iri(curie);
  }

  /** Whether that is for this one to say: nobody else answers for a customer. */
  boolean maySay(ConsentStatus status) {
    return switch (status) {
      case GIVEN, RENEWED, REFUSED, WITHDRAWN, DEFERRED, UNKNOWN -> ANSWERING.contains(this);
      case REQUESTED, EXPIRED, INVALIDATED -> !ANSWERING.contains(this);
      case REVOKED -> this != SUBJECT;
    };
  }

  /** Who says that where nothing else is known. */
  static Indicator usual(ConsentStatus status) {
    return SUBJECT.maySay(status) ? SUBJECT : CONTROLLER;
  }
}
