package io.contextkeep.ontology;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What makes processing lawful: a term of DPV's GDPR extension, such as {@code eu-gdpr:A6-1-f}. The
 * rights that follow from it are those that DPV itself says ({@code dpv:hasRight}); the bases of
 * Article 9 have none of their own, because they stand beside one of Article 6.
 */
public final class LegalBasis extends Concept<LegalBasis> {
  private static final String MARKETING = "dpv:Marketing";

  private LegalBasis(Terms.Term term) {
    super(term);
  }

  /** The basis of that CURIE or IRI; empty when there is none. */
  public static Optional<LegalBasis> parse(String text) {
    return Terms.find(Terms.Kind.BASIS, text).map(LegalBasis::new);
  }

  public static List<LegalBasis> all() {
    return Terms.of(Terms.Kind.BASIS).stream().map(LegalBasis::new).sorted().toList();
  }

  /** The basis of consent, explicit or not (Article 6(1)(a)). */
  public boolean isConsent() {
    return curie().startsWith("eu-gdpr:A6-1-a");
  }

  /** Returns whether the law demands the processing (Article 6(1)(c)). */
  public boolean isLegalObligation() {
    return curie().equals("eu-gdpr:A6-1-c");
  }

  /**
   * Returns whether an objection stops processing on this basis for the purpose: it does not stop
   * what a legal obligation demands (Article 21), and marketing is never one.
   */
  public boolean canBeObjectedTo(Purpose purpose) {
    return !isLegalObligation()
        || purpose.curie().equals(MARKETING)
        || purpose.ancestors().stream().anyMatch(broader -> broader.curie().equals(MARKETING));
  }

  /** Which rights a customer has where processing rests on this basis. */
  public SortedSet<DataRight> rights() {
    TreeSet<DataRight> rights = new TreeSet<>();
    term.rights().forEach(curie -> DataRight.parse(curie).ifPresent(rights::add));
    return rights;
  }

  /** The bases of Article 6(1), by letter, from which the right follows: why others lack it. */
  public static List<LegalBasis> giving(DataRight right) {
    return all().stream()
        .filter(basis -> basis.curie().matches("eu-gdpr:A6-1-[a-f]"))
        .filter(basis -> basis.rights().contains(right))
        .toList();
  }
}
