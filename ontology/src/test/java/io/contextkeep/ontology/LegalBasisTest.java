package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LegalBasisTest {

  /** The letters of the articles as eu-gdpr.ttl of DPV 2.3 has them. */
  @ParameterizedTest
  @CsvSource({
    "A6-1-a, A13 A14 A15 A16 A17 A18 A20 A22 A7-3 A77",
    "A6-1-a-explicit-consent, A13 A14 A15 A16 A17 A18 A20 A22 A7-3 A77",
    "A6-1-b, A13 A14 A15 A16 A17 A18 A20 A22 A77",
    "A6-1-c, A13 A15 A16 A18 A77",
    "A6-1-d, A13 A14 A15 A16 A17 A18 A22 A77",
    "A6-1-e, A13 A14 A15 A16 A18 A21 A22 A77",
    "A6-1-f, A13 A14 A15 A16 A17 A18 A21 A22 A77",
    "A9-2-a, ''",
    "A9-2-h, ''"
  })
  void theRightsOfABasis_areThoseOfDpv(String basis, String rights) {
    assertThat(LegalBasis.parse("eu-gdpr:" + basis).orElseThrow().rights())
        .extracting(right -> right.curie().replace("eu-gdpr:", ""))
        .containsExactly(rights.isEmpty() ? new String[0] : rights.split(" "));
  }

  @Test
  void portability_followsFromConsentAndContractAlone_andObjectionFromTheOtherTwo() {
    assertThat(LegalBasis.giving(DataRight.parse("eu-gdpr:A20").orElseThrow()))
        .extracting(LegalBasis::curie)
        .containsExactly("eu-gdpr:A6-1-a", "eu-gdpr:A6-1-b");
    assertThat(LegalBasis.giving(DataRight.parse("eu-gdpr:A21").orElseThrow()))
        .extracting(LegalBasis::curie)
        .containsExactly("eu-gdpr:A6-1-e", "eu-gdpr:A6-1-f");
  }

  @Test
  void purposesAreNotBases_andBasesAreNotRights() {
    assertThat(LegalBasis.parse("dpv:Marketing")).isEmpty();
    assertThat(DataRight.parse("eu-gdpr:A6-1-a")).isEmpty();
    assertThat(LegalBasis.all()).hasSizeGreaterThan(30);
    assertThat(DataRight.all()).extracting(DataRight::label).contains("A15 Right of Access");
  }
}
