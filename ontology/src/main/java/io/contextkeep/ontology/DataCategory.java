package io.contextkeep.ontology;

import java.util.Optional;

/**
 * What kind of personal data something is: a term of DPV 2.3 or its personal data extension, such
 * as {@code pd:EmailAddress}.
 */
public final class DataCategory extends Concept<DataCategory> {

  private DataCategory(Terms.Term term) {
    super(term);
  }

  /** The category of that CURIE or IRI; empty when there is none. */
  public static Optional<DataCategory> parse(String text) {
    return Terms.find(Terms.Kind.CATEGORY, text).map(DataCategory::new);
  }

  /** Whether GDPR Article 9 protects it: it is then read only under explicit consent. */
  public boolean isSpecial() {
    return term.special();
  }
}
