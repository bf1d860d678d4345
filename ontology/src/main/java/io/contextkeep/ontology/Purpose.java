package io.contextkeep.ontology;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why data is used: a purpose of the Data Privacy Vocabulary 2.3, such as {@code
 * dpv:ServicePersonalisation}. Only {@link #parse} makes one, so it is always a term that exists.
 */
public final class Purpose extends Concept<Purpose> {

  private Purpose(Terms.Term term) {
    super(term);
  }

  /** The purpose of that CURIE or IRI; empty when DPV has none. */
  public static Optional<Purpose> parse(String text) {
    return Terms.find(Terms.Kind.PURPOSE, text).map(Purpose::new);
  }

  public static List<Purpose> all() {
    return Terms.of(Terms.Kind.PURPOSE).stream().map(Purpose::new).toList();
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
}
