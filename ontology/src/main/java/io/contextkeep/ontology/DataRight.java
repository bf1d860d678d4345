package io.contextkeep.ontology;

import java.util.List;
import java.util.Optional;

/** A right of the customer's: a term of DPV's GDPR extension, such as {@code eu-gdpr:A15}. */
public final class DataRight extends Concept<DataRight> {

  private DataRight(Terms.Term term) {
    super(term);
  }

  /** The right of that CURIE or IRI; empty when there is none. */
  public static Optional<DataRight> parse(String text) {
    return Terms.find(Terms.Kind.RIGHT, text).map(DataRight::new);
  }

  public static List<DataRight> all() {
    return Terms.of(Terms.Kind.RIGHT).stream().map(DataRight::new).sorted().toList();
  }
}
