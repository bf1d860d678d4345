package io.contextkeep.ontology;

import java.util.Set;

/** The indicators of consent events: entities of DPV 2.3. */
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

  /** Returns whether this entity may indicate the status. */
  boolean maySay(ConsentStatus status) {
    return switch (status) {
      case GIVEN, RENEWED, REFUSED, WITHDRAWN, DEFERRED, UNKNOWN -> ANSWERING.contains(this);
      case REQUESTED, EXPIRED, INVALIDATED -> !ANSWERING.contains(this);
      case REVOKED -> this != SUBJECT;
    };
  }

  /** Returns the usual indicator of a status. */
  static Indicator usual(ConsentStatus status) {
    return SUBJECT.maySay(status) ? SUBJECT : CONTROLLER;
  }
}
