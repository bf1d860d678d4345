package io.contextkeep.ontology;

import java.util.Optional;

/**
 * What kind of personal data something is: a term of DPV 2.3 or its personal data extension, such
 * as {@code pd:EmailAddress}.
 */
public final class DataCategory implements Comparable<DataCategory> {
  private final Terms.Term term;

  private DataCategory(Terms.Term term) {
    this.term = term;
  }

  /** The category of that CURIE or IRI; empty when there is none. */
  public static Optional<DataCategory> parse(String text) {
    return Terms.find(Terms.Kind.CATEGORY, text).map(DataCategory::new);
  }

  public String curie() {
    return term.curie();
  }

  public String iri() {
    return Terms.iri(term.curie());
  }

  public String label() {
    return term.label();
  }

  /** Whether GDPR Article 9 protects it: it is then read only under explicit consent. */
  public boolean isSpecial() {
    return term.special();
  }

  @Override
  public int compareTo(DataCategory other) {
    return curie().compareTo(other.curie());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DataCategory category && category.curie().equals(curie());
  }

  @Override
  public int hashCode() {
    return curie().hashCode();
  }

  @Override
  public String toString() {
    return curie();
  }
}
