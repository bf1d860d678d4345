package io.contextkeep.ontology;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A purpose of the Data Privacy Vocabulary 2.3, such as {@code dpv:ServicePersonalisation}. Only
 * {@link #parse} makes one, so the term always exists.
 */
public final class Purpose extends Concept<Purpose> {

  private Purpose(Terms.Term term) {
    super(term);
  }

  /** Returns the purpose of a CURIE or IRI; empty if DPV has none. */
  public static Optional<Purpose> parse(String text) {
    return Terms.find(Terms.Kind.PURPOSE, text).map(Purpose::new);
  }

  public static List<Purpose> all() {
    return Terms.of(Terms.Kind.PURPOSE).stream().map(Purpose::new).toList();
  }

  /**
   * Returns all broader purposes. A refusal of one of them covers this purpose too; consent to one
   * of them does not.
   */
  public Set<Purpose> ancestors() {
    return term.ancestors().stream()
        .map(curie -> parse(curie).orElseThrow())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns whether this is the other purpose or a narrower one. */
  public boolean isWithin(Purpose broader) {
    return equals(broader) || ancestors().contains(broader);
  }
}
