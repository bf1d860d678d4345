package io.contextkeep.ontology;

import java.util.Optional;

/**
 * A category of personal data: a term of DPV 2.3 or its personal data extension, such as {@code
 * pd:EmailAddress}.
 */
public final class DataCategory extends Concept<DataCategory> {

  private DataCategory(Terms.Term term) {
    super(term);
  }

  /** Returns the category of a CURIE or IRI; empty if there is none. */
  public static Optional<DataCategory> parse(String text) {
    return Terms.find(Terms.Kind.CATEGORY, text).map(DataCategory::new);
  }

  /** Returns whether GDPR Article 9 protects it, so that reads need explicit consent. */
  public boolean isSpecial() {
    return term.special();
  }
}
