package io.contextkeep.vault.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts that identify a customer, and the equivalence of texts. */
class IdentifierTextTest {
  private static final List<String> KINDS =
      List.of("customer_number", "email", "login", "device", "phone");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "NULL",
        " Null ",
        "(null)",
        "<null>",
        "\"null\"",
        "undefined",
        "NaN",
        "nan",
        "none",
        "None",
        "N/A",
        "n/a",
        "n.a.",
        "NA",
        "nil",
        "0",
        "-0",
        "+0",
        "0.0",
        "000",
        "00000000",
        "00000000-0000-0000-0000-000000000000",
        "{00000000-0000-0000-0000-000000000000}",
        "urn:uuid:00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "\u0660\u0660",
        "0x0",
        "-1",
        "anonymous",
        "Anonymous User",
        "guest",
        "unknown",
        "UNKNOWN",
        "[object Object]",
        "[object Undefined]",
        "noreply@example.com",
        "no-reply@shop.example",
        "No.Reply+7@shop.example",
        "donotreply@x.example",
        "do-not-reply@x.example",
        "test@test",
        "test@test.com",
        "test@example.com",
        "null@null",
        "ann@undefined",
        "a@invalid",
        "x@y.invalid",
        "-",
        "--",
        "?",
        ".",
        "...",
        "*",
        "\\N",
        "true",
        "FALSE",
        "(not set)",
        "not provided",
        "${email}",
        "{{email}}",
        "<%= email %>",
        "%s",
        "nullnull",
        "undefinedundefined",
        "#N/A",
        "#REF!",
        "",
        " ",
        "\u00a0",
        "\u200b"
      })
  void placeholder_identifiesNobodyOfAnyKind(String text) {
    for (String kind : KINDS) {
      assertThat(IdentifierText.canonical(kind, text)).as(kind).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12347",
        "1",
        "7",
        "10",
        "ann@example.com",
        "ann",
        "Nullmann",
        "nan.smith@example.com",
        "testa@example.com",
        "0049 170 1234567",
        "+1555123",
        "d-1",
        "a\u00e9\u00df",
        "\u674e\u660e",
        "00000001",
        "unknown-soldier-7",
        "f00f00f0"
      })
  void ordinaryText_identifiesSomebody(String text) {
    for (String kind : KINDS) {
      assertThat(IdentifierText.canonical(kind, text)).as(kind).isPresent();
    }
  }

  /** Checks that accounts that an identity provider distinguishes are not merged. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "an\u200bn", "ann\u00a0", "\ufeffann", "an\u2060n", "an\u00adn", "an\u200dn", "an\u200en",
        "\u202enna", "an\u2066n", "an\u061cn", "\u212aate", "\uff41nn", "ann\uff10", "\ufb01nn",
        "an\u034fn", "an\u3164n", "an\ufe0fn", "an\u180en", "an\u2028n", "an\u0007n", "an\u0085n",
        "an\ud800n", "an\ue000n", "an\udb40\udc61n", "an\u3000n", "\u2126", "an\u115fn", "an\u2800n"
      })
  void invisibleOrLookAlikeCharacter_isRefused(String text) {
    for (String kind : KINDS) {
      assertThat(IdentifierText.canonical(kind, text)).as(kind).isEmpty();
    }
  }

  @Test
  void canonicalEquivalents_areTheSameIdentifier() {
    assertThat(IdentifierText.canonical("login", "jose\u0301"))
        .isEqualTo(IdentifierText.canonical("login", " jos\u00e9 "));
  }

  @Test
  void caseMatters_exceptInEmailAddresses() {
    assertThat(IdentifierText.canonical("email", "Ann@Example.COM")).contains("ann@example.com");
    assertThat(IdentifierText.canonical("login", "Ann")).contains("Ann");
  }

  @Test
  void internationalDomain_isTheSameInEverySpelling() {
    String unicode = "ann@b\u00fccher.example";
    assertThat(IdentifierText.canonical("email", unicode)).contains(unicode);
    for (String same :
        List.of(
            "ann@xn--bcher-kva.example",
            "Ann@XN--BCHER-KVA.example",
            "ann@bu\u0308cher.example",
            "ANN@B\u00dcCHER.EXAMPLE")) {
      assertThat(IdentifierText.canonical("email", same)).as(same).contains(unicode);
    }
  }

  /** IDNA 2003 would make stra\u00dfe and strasse the same domain, which they are not. */
  @Test
  void ambiguousDomain_isAcceptedInItsAsciiFormOnly() {
    assertThat(IdentifierText.canonical("email", "ann@fu\u00df.example")).isEmpty();
    assertThat(IdentifierText.canonical("email", "ann@xn--fu-hia.example"))
        .contains("ann@xn--fu-hia.example");
  }

  /** Checks that rows of earlier versions are found by their spellings. */
  @Test
  void earlierSpellings_areLookedForToo() {
    assertThat(IdentifierText.spellings("email", "ann@b\u00fccher.example"))
        .startsWith("ann@b\u00fccher.example")
        .contains("ann@xn--bcher-kva.example");
    assertThat(IdentifierText.spellings("email", "ann@xn--bcher-kva.example"))
        .startsWith("ann@b\u00fccher.example")
        .contains("ann@xn--bcher-kva.example");
    assertThat(IdentifierText.spellings("email", "Ann@example.com"))
        .containsExactly("ann@example.com");
  }
}
