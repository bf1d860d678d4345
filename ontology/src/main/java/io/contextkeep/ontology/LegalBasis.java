package io.contextkeep.ontology;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A legal basis of processing: a term of DPV's GDPR extension, such as {@code eu-gdpr:A6-1-f}. The
 * rights that follow from it are those of DPV ({@code dpv:hasRight}). The bases of Article 9 have
 * no rights of their own, because they accompany one of Article 6.
 */
public final class LegalBasis extends Concept<LegalBasis> {
  private static final Purpose MARKETING = Purpose.parse("dpv:Marketing").orElseThrow();

  private LegalBasis(Terms.Term term) {
    super(term);
  }

  /** Returns the basis of a CURIE or IRI; empty if there is none. */
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
    return !isLegalObligation() || purpose.isWithin(MARKETING);
  }

  /** Returns the rights that customers have if processing has this basis. */
  public SortedSet<DataRight> rights() {
    TreeSet<DataRight> rights = new TreeSet<>();
    term.rights().forEach(curie -> DataRight.parse(curie).ifPresent(rights::add));
    return rights;
  }

  /** Returns the letters of the bases in Article 6(1) from which the right follows. */
  public static List<LegalBasis> giving(DataRight right) {
    return all().stream()
        .filter(basis -> basis.curie().matches("eu-gdpr:A6-1-[a-f]"))
        .filter(basis -> basis.rights().contains(right))
        .toList();
  }
}
