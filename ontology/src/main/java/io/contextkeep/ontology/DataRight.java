package io.contextkeep.ontology;

import java.util.List;
import java.util.Optional;

/** A right of customers: a term of DPV's GDPR extension, such as {@code eu-gdpr:A15}. */
public final class DataRight extends Concept<DataRight> {

  private DataRight(Terms.Term term) {
    super(term);
  }

  /** Returns the right of a CURIE or IRI; empty if there is none. */
  public static Optional<DataRight> parse(String text) {
    return Terms.find(Terms.Kind.RIGHT, text).map(DataRight::new);
  }

  public static List<DataRight> all() {
    return Terms.of(Terms.Kind.RIGHT).stream().map(DataRight::new).sorted().toList();
  }
}
