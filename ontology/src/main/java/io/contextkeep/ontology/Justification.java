package io.contextkeep.ontology;

import java.util.List;
import java.util.Optional;

/**
 * A justification for delaying or refusing a request: a term of DPV's GDPR extension, such as
 * {@code eu-gdpr:JustificationA17LegalClaims}.
 */
public final class Justification extends Concept<Justification> {

  private Justification(Terms.Term term) {
    super(term);
  }

  /** Returns the justification of a CURIE or IRI; empty if there is none. */
  public static Optional<Justification> parse(String text) {
    return Terms.find(Terms.Kind.JUSTIFICATION, text).map(Justification::new);
  }

  public static List<Justification> all() {
    return Terms.of(Terms.Kind.JUSTIFICATION).stream().map(Justification::new).sorted().toList();
  }
}
