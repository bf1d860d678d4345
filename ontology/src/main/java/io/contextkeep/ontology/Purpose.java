package io.contextkeep.ontology;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why data is used: a purpose of the Data Privacy Vocabulary 2.3, such as {@code
 * dpv:ServicePersonalisation}. Only {@link #parse} makes one, so it is always a term that exists.
 */
public final class Purpose implements Comparable<Purpose> {
  private final Terms.Term term;

  private Purpose(Terms.Term term) {
    this.term = term;
  }

  /** The purpose of that CURIE or IRI; empty when DPV has none. */
  public static Optional<Purpose> parse(String text) {
    return Terms.find(Terms.Kind.PURPOSE, text).map(Purpose::new);
  }

  public static List<Purpose> all() {
    return Terms.of(Terms.Kind.PURPOSE).stream().map(Purpose::new).toList();
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

  /**
   * Every broader purpose. A refusal of one of them refuses this one too; a consent to one of them
   * says nothing about this one.
   */
  public Set<Purpose> ancestors() {
    return term.ancestors().stream()
        .map(curie -> parse(curie).orElseThrow())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public int compareTo(Purpose other) {
    return curie().compareTo(other.curie());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Purpose purpose && purpose.curie().equals(curie());
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
