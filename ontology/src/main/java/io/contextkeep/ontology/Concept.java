package io.contextkeep.ontology;

/**
 * A term of the Data Privacy Vocabulary of one kind. Only the {@code parse} method of the kind
 * makes one, so the term always exists. Two terms of one kind are equal if their CURIEs are.
 */
public abstract sealed class Concept<T extends Concept<T>> implements Comparable<T>
    permits DataCategory, DataRight, Justification, LegalBasis, Purpose {
  final Terms.Term term;

  Concept(Terms.Term term) {
    this.term = term;
  }

  public final String curie() {
    return term.curie();
  }

  public final String iri() {
    return Vocabulary.iri(term.curie());
  }

  public final String label() {
    return term.label();
  }

  @Override
  public final int compareTo(T other) {
    return curie().compareTo(other.curie());
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof Concept<?> concept
        && concept.getClass() == getClass()
        && concept.curie().equals(curie());
  }

  @Override
  public final int hashCode() {
    return curie().hashCode();
  }

  @Override
  public final String toString() {
    return curie();
  }
}
