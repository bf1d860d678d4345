package io.contextkeep.ontology;

import java.util.List;
import java.util.Optional;

/** A right of the customer's: a term of DPV's GDPR extension, such as {@code eu-gdpr:A15}. */
public final class DataRight implements Comparable<DataRight> {
  private final Terms.Term term;

  private DataRight(Terms.Term term) {
    this.term = term;
  }

  /** The right of that CURIE or IRI; empty when there is none. */
  public static Optional<DataRight> parse(String text) {
    return Terms.find(Terms.Kind.RIGHT, text).map(DataRight::new);
  }

  public static List<DataRight> all() {
    return Terms.of(Terms.Kind.RIGHT).stream().map(DataRight::new).sorted().toList();
  }

  public String curie() {
    return term.curie();
  }

  public String label() {
    return term.label();
  }

  @Override
  public int compareTo(DataRight other) {
    return curie().compareTo(other.curie());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DataRight right && right.curie().equals(curie());
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
