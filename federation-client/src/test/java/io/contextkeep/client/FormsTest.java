package io.contextkeep.client;

import static io.contextkeep.client.Samples.ANN;
import static io.contextkeep.client.Samples.CANARY;
import static io.contextkeep.client.Samples.PURPOSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks that the client makes without a vault. */
final class FormsTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://vault.example",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://0.0.0.0:8440",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "/v1",
        "mailto:vault@example.com",
        "https://user:secret@vault.example",
        "https://vault.example/?a=b",
        "https://vault.example/#a",
        "https://vault.example/a/../b"
      })
  void anInvalidBase_orOneThatWouldExposeTheToken_isRefused(String base) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VaultSettings.of(URI.create(base), () -> "t"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://vault.example",
        "HTTPS://vault.example:8440/prefix/",
        "http://127.0.0.1:8440",
        "http://127.9.9.9",
        "http://[::1]:8440",
        "http://LOCALHOST:8440"
      })
  void anEncryptedBase_orOneOnThisMachine_isAccepted(String base) {
    assertThat(VaultSettings.of(URI.create(base), () -> "t").at("/v1/context").toString())
        .endsWith("/v1/context")
        .doesNotContain("//v1");
  }

  @Test
  void plainHttpToOtherMachines_mustBeAllowedExplicitly() {
    VaultSettings.Builder plain =
        VaultSettings.builder(URI.create("http://vault.example"), () -> "t");
    assertThatIllegalArgumentException().isThrownBy(plain::build);
    assertThat(plain.allowPlainHttp().build().isPlain()).isTrue();
  }

  @Test
  void unboundedSettings_areRefused_andSecretsAreNotPrinted() {
    VaultSettings.Builder fine =
        VaultSettings.builder(
            URI.create("https://vault.example"),
            new Supplier<>() {
              @Override
              public String get() {
                return "secret";
              }

              @Override
              public String toString() {
                return "secret";
              }
            });
    assertThat(fine.build().toString()).contains("vault.example").doesNotContain("secret");
    assertThatIllegalArgumentException().isThrownBy(() -> fine.retries(-1).build());
    assertThatIllegalArgumentException().isThrownBy(() -> fine.retries(11).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fine.retries(3).maxAnswerBytes(0).build());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                fine.maxAnswerBytes(1_024).timeouts(Duration.ZERO, Duration.ofSeconds(1)).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fine.timeouts(Duration.ofSeconds(1), Duration.ofDays(1)).build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ServicePersonalisation",
        "dpv:",
        "pd:Country",
        "dpv:A B",
        "http://x.example/#A"
      })
  void aPurposeMustHaveTheFormOfADpvTerm(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Purpose.of(text));
  }

  @Test
  void aPurposesIri_isThePurpose() {
    assertThat(Purpose.of("https://w3id.org/dpv#ServicePersonalisation")).isEqualTo(PURPOSE);
  }

  @Test
  void customerIds_areChecked_andPrintTheirKindOnly() {
    assertThat(new CustomerId("email", CANARY)).hasToString("email:redacted");
    for (String value : List.of("", " ", "a\nb", "a\u0085b", "lone \ud800", "x".repeat(257))) {
      assertThatIllegalArgumentException().isThrownBy(() -> new CustomerId("email", value));
    }
    for (String kind : List.of("", "Email", "e-mail", "e:mail", "x".repeat(33))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new CustomerId(kind, CANARY))
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain(CANARY));
    }
  }

  @Test
  void questions_areBounded_andPrintNoCustomer() {
    List<CustomerId> many =
        IntStream.range(0, 101).mapToObj(i -> new CustomerId("email", "a" + i)).toList();
    List<String> names = IntStream.range(0, 65).mapToObj(i -> "a" + i).toList();
    assertThatIllegalArgumentException().isThrownBy(() -> question(many, names.subList(0, 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> question(List.of(), names.subList(0, 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> question(List.of(ANN), names));
    assertThatIllegalArgumentException().isThrownBy(() -> question(List.of(ANN), List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> question(List.of(ANN), List.of("A b")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> question(List.of(ANN, ANN), List.of("email")));
    for (String reason : List.of("", "a\nb", "x".repeat(201))) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> new Question(PURPOSE, List.of(ANN), Set.of("email"), Optional.of(reason)));
    }
    assertThat(question(many.subList(0, 100), names.subList(0, 64)).toString())
        .doesNotContain("a99@")
        .endsWith("redacted]");
  }

  @Test
  void lines_haveStableBytes_andPrintNoValue() {
    ContextLine line =
        ContextLine.event(ANN, "purchase", NOON, TextNode.valueOf(CANARY))
            .withId("i1")
            .alsoOf(new CustomerId("email", "ann@example.com"));
    String expected =
        """
        {"customer":{"customer_number":"17850","email":"ann@example.com"},"event":"purchase",\
        "id":"i1","observed":"2026-11-24T12:00:00Z","value":"%s"}\
        """
            .formatted(CANARY);
    assertThat(new String(line.bytes(), StandardCharsets.UTF_8)).isEqualTo(expected);
    assertThat(line.toString()).contains("purchase").doesNotContain(CANARY).doesNotContain("ann");
    assertThat(
            new String(
                ContextLine.attribute(ANN, "income", NOON, IntNode.valueOf(5)).bytes(),
                StandardCharsets.UTF_8))
        .contains("\"attribute\":\"income\"", "\"value\":5");
  }

  @Test
  void aLine_isACopyOfItsValue() {
    ObjectNode value = Samples.tree("{\"a\": 1}");
    ContextLine line = ContextLine.event(ANN, "purchase", NOON, value);
    byte[] before = line.bytes();
    value.put("a", 2);
    assertThat(line.bytes()).isEqualTo(before);
  }

  @Test
  void malformedLines_areRefused_withoutShowingTheirContent() {
    TextNode value = TextNode.valueOf("x");
    ContextLine line = ContextLine.attribute(ANN, "country", NOON, value);
    CustomerId sameKind = new CustomerId("customer_number", "2");
    assertThatIllegalArgumentException().isThrownBy(() -> line.alsoOf(sameKind));
    assertThatIllegalArgumentException().isThrownBy(() -> line.withId(" "));
    assertThatIllegalArgumentException().isThrownBy(() -> line.withId("x".repeat(201)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ContextLine.attribute(ANN, "Country", NOON, value));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ContextLine.attribute(ANN, "country", NOON, MissingNode.getInstance()));
    ContextLine broken =
        ContextLine.attribute(ANN, "country", NOON, TextNode.valueOf(CANARY + "\ud800"));
    assertThatIllegalArgumentException()
        .isThrownBy(broken::bytes)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(CANARY))
        .withNoCause();
  }

  @Test
  void writes_areBounded() {
    ContextLine line = ContextLine.attribute(ANN, "country", NOON, TextNode.valueOf("x"));
    try (VaultClient client =
        new VaultClient(VaultSettings.of(URI.create("https://vault.example"), () -> "t"))) {
      assertThatIllegalArgumentException().isThrownBy(() -> client.write(List.of(), "k"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> client.write(Collections.nCopies(10_001, line), "k"));
      for (String key : List.of("", "a b", "é", "k\n", "x".repeat(201))) {
        assertThatIllegalArgumentException().isThrownBy(() -> client.write(List.of(line), key));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"batch\": \"b\", \"kept\": 1, \"repeated\": 0, \"refused\": []}",
        "{\"batch\": \"b\", \"kept\": 3, \"repeated\": 0, \"refused\": []}",
        "{\"batch\": \"b\", \"kept\": -1, \"repeated\": 0, \"refused\": []}",
        "{\"batch\": \"b\", \"refused\": []}",
        "{\"batch\": \"\", \"kept\": 2, \"repeated\": 0, \"refused\": []}",
        "{\"batch\": \"b\", \"kept\": 2, \"repeated\": 0}",
        "{\"batch\": \"b\", \"kept\": 1, \"repeated\": 2, \"refused\": []}",
        "{\"batch\": \"b\", \"kept\": 2, \"repeated\": 0, \"refused\": [], \"more\": 1}",
        "{\"batch\": \"b\", \"kept\": 1, \"repeated\": 0, \"refused\": [{\"line\": 1, \"code\":"
            + " \"c\"}]}",
        "{\"batch\": \"b\", \"kept\": 1, \"repeated\": 0, \"refused\": [{\"line\": 0, \"code\":"
            + " \"c\", \"detail\": \"d\"}]}",
        "{\"batch\": \"b\", \"kept\": 1, \"repeated\": 0, \"refused\": [{\"line\": 3, \"code\":"
            + " \"c\", \"detail\": \"d\"}]}",
        "{\"batch\": \"b\", \"kept\": 1, \"repeated\": 0, \"refused\": [{\"line\": 1, \"code\":"
            + " \"C\", \"detail\": \"d\"}]}",
        "{\"batch\": \"b\", \"kept\": 0, \"repeated\": 0, \"refused\": [{\"line\": 1, \"code\":"
            + " \"c\", \"detail\": \"d\"},{\"line\": 1, \"code\": \"c\", \"detail\": \"d\"}]}"
      })
  void aReportThatDoesNotAccountForEveryLine_isRefused(String report) {
    assertThatExceptionOfType(VaultProtocolException.class)
        .isThrownBy(() -> WriteReport.read(Samples.tree(report), 2));
  }

  @Test
  void aReport_namesRefusedLinesWithReasons() {
    WriteReport report =
        WriteReport.read(
            Samples.tree(
                """
                {"batch": "b", "kept": 1, "repeated": 0, "refused":
                 [{"line": 2, "code": "invalid_time", "detail": "Check the clock"}]}\
                """),
            2);
    assertThat(report.refused())
        .containsExactly(new WriteReport.RefusedLine(2, "invalid_time", "Check the clock"));
  }

  private static Question question(List<CustomerId> customers, List<String> attributes) {
    return new Question(PURPOSE, customers, new TreeSet<>(attributes), Optional.empty());
  }
}
