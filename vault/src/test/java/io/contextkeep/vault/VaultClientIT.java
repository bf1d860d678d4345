package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.contextkeep.client.Answer;
import io.contextkeep.client.ContextLine;
import io.contextkeep.client.CustomerId;
import io.contextkeep.client.Disclosed;
import io.contextkeep.client.Obligation;
import io.contextkeep.client.Observation;
import io.contextkeep.client.Purpose;
import io.contextkeep.client.Receipt;
import io.contextkeep.client.Refused;
import io.contextkeep.client.Unavailable;
import io.contextkeep.client.VaultClient;
import io.contextkeep.client.VaultProblem;
import io.contextkeep.client.VaultSettings;
import io.contextkeep.client.WriteReport;
import io.contextkeep.client.Written;
import io.contextkeep.vault.identity.Role;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The typed client with a complete vault over real HTTP. */
final class VaultClientIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final Purpose PURPOSE = Purpose.of("dpv:ServicePersonalisation");
  private static final CustomerId ANN = new CustomerId("customer_number", "17850");
  private static final CustomerId NOBODY = new CustomerId("customer_number", "99999");

  @TempDir Path dir;
  private TestVault vault;
  private VaultClient shop;
  private VaultClient crm;
  private String ann;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    ann = vault.customer("customer_number:17850");
    shop = vault.client("shop");
    crm = vault.client("crm");
  }

  @AfterEach
  void checkInvariants() {
    shop.close();
    crm.close();
    vault.close();
  }

  @Test
  void disclosedContext_isTyped_withMasksReasonsAndRetention() {
    vault.write("17850", "email", "\"" + CANARY + "@example.com\"");
    vault.write("17850", "income", "50000");
    ok(vault.put(ann, CONSENT, ""));

    Instant before = Instant.now();
    Disclosed disclosed =
        (Disclosed) ask(ANN, "country", "email", "income", "health_note", "mood", "purchase");

    Observation country = disclosed.value("country").orElseThrow();
    assertThat(country.value().textValue()).isEqualTo(CANARY + "land");
    assertThat(country.source()).isEqualTo("crm");
    assertThat(country.mask()).isEmpty();
    Observation email = disclosed.value("email").orElseThrow();
    assertThat(email.value().textValue()).isEqualTo("****.com");
    assertThat(email.mask()).contains("LAST_FOUR");
    assertThat(disclosed.withheld())
        .isEqualTo(
            Map.of(
                "income", "CATEGORY_NOT_ALLOWED",
                "health_note", "SPECIAL_NEEDS_EXPLICIT_CONSENT",
                "mood", "NOT_AVAILABLE",
                "purchase", "NOT_AVAILABLE"));
    assertThat(disclosed.basis()).isEqualTo("eu-gdpr:A6-1-a");
    assertThat(disclosed.obligations()).containsExactly(Obligation.NO_ONWARD_TRANSFER);
    assertThat(disclosed.keepFor()).isEqualTo(Duration.ofHours(1));
    assertThat(disclosed.keepUntil()).isAfterOrEqualTo(before.plus(Duration.ofHours(1)));
    assertThat(disclosed.isFresh()).isTrue();
    assertThat(disclosed.toString()).doesNotContain(CANARY);
  }

  @Test
  void receipts_nameExistingEntriesOfTheLog() {
    Receipt refusal = ((Refused) ask(ANN, "country")).receipt();
    ok(vault.put(ann, CONSENT, ""));
    Receipt read = ((Disclosed) ask(ANN, "country")).receipt();
    assertThat(read.index()).isGreaterThan(refusal.index());
    assertThat(leafHash(refusal.index())).isEqualTo(refusal.leafHash());
    assertThat(leafHash(read.index())).isEqualTo(read.leafHash());
  }

  @Test
  void unknownAndRefusedCustomers_lookTheSame() {
    assertThat(((Refused) ask(ANN, "country")).reasons())
        .isEqualTo(((Refused) ask(NOBODY, "country")).reasons())
        .containsExactly("NOT_PERMITTED");
  }

  @Test
  void anUnregisteredPurpose_isRefusedWithThatReason() {
    Answer answer = shop.ask(Purpose.of("dpv:DirectMarketing"), ANN, List.of("country"));
    assertThat(((Refused) answer).reasons()).containsExactly("PURPOSE_NOT_REGISTERED");
    Answer unknown = shop.ask(Purpose.of("dpv:WorldDomination"), ANN, List.of("country"));
    assertThat(((Refused) unknown).reasons()).contains("PURPOSE_UNKNOWN");
  }

  @Test
  void eachOfManyCustomers_hasTheirOwnAnswer_andSeesTheReason() {
    ok(vault.put(ann, CONSENT, ""));
    Map<CustomerId, Answer> answers =
        shop.askAll(
            Purpose.of("https://w3id.org/dpv#ServicePersonalisation"),
            List.of(NOBODY, ANN),
            List.of("country"),
            CANARY + " is on the phone");
    answers.values().forEach(vault::counted);

    assertThat(answers).containsOnlyKeys(NOBODY, ANN);
    assertThat(answers.get(NOBODY)).isInstanceOf(Refused.class);
    assertThat(answers.get(ANN))
        .isInstanceOfSatisfying(
            Disclosed.class, hers -> assertThat(hers.value("country")).isPresent());
    JsonNode accesses = ok(vault.get(ann, "/v1/me/accesses")).body();
    assertThat(accesses.findValuesAsText("reason")).contains(CANARY + " is on the phone");
  }

  @Test
  void aHundredCustomers_areAllAnswered() {
    List<CustomerId> hundred =
        IntStream.range(0, 100).mapToObj(i -> new CustomerId("customer_number", "C" + i)).toList();
    assertThat(shop.askAll(PURPOSE, hundred, List.of("country")).keySet())
        .containsExactlyElementsOf(hundred);
  }

  @Test
  void identifiersInAnyScript_findTheirCustomer() {
    for (String odd : List.of("a+b/../c%2F@ex.example", "ü ?&=#:;", "\"}\\ \uD83D\uDE00", "..x")) {
      CustomerId customer = new CustomerId("email", CANARY + odd);
      WriteReport report =
          (WriteReport)
              crm.write(List.of(line(customer, "country", "Norway")), "key-" + odd.length());
      assertThat(report.kept()).as(odd).isEqualTo(1);
      ok(vault.put(vault.customer("email:" + CANARY + odd), CONSENT, ""));
      Disclosed disclosed = (Disclosed) ask(customer, "country");
      assertThat(disclosed.value("country").orElseThrow().batch()).isEqualTo(report.batch());
    }
  }

  @Test
  void aWrite_keepsValidLines_reportsTheOthers_andIsDoneOnce() {
    Instant noon = Instant.parse("2026-01-01T12:00:00Z");
    CustomerId bob = new CustomerId("customer_number", "7");
    JsonNode item = JsonNodeFactory.instance.objectNode().put("item", CANARY);
    List<ContextLine> lines =
        List.of(
            line(bob, "country", CANARY).alsoOf(new CustomerId("email", CANARY + "@b.example")),
            line(bob, "mood", CANARY),
            ContextLine.attribute(bob, "country", noon, IntNode.valueOf(7)),
            ContextLine.event(bob, "purchase", noon, item).withId("i1"),
            ContextLine.event(bob, "purchase", noon.plusSeconds(1), item));

    WriteReport report = (WriteReport) crm.write(lines, "batch-1");
    assertThat(report.kept()).isEqualTo(3);
    assertThat(report.refused())
        .extracting(WriteReport.RefusedLine::line, WriteReport.RefusedLine::code)
        .containsExactly(tuple(2, "facet_not_allowed"), tuple(3, "invalid_value"));
    assertThat(report.toString()).doesNotContain(CANARY);
    assertThat(crm.write(lines, "batch-1")).isEqualTo(report);
    VaultProblem reused =
        problem(() -> crm.write(List.of(line(bob, "country", "Norway")), "batch-1"));
    assertThat(reused.status()).isEqualTo(409);
    assertThat(reused.code()).isEqualTo("key_reused");

    ok(vault.put(vault.customer("email:" + CANARY + "@b.example"), CONSENT, ""));
    assertThat(((Disclosed) ask(bob, "purchase")).events("purchase"))
        .hasSize(2)
        .allSatisfy(event -> assertThat(event.batch()).isEqualTo(report.batch()));
  }

  @Test
  void mistakesOfTheApp_areProblemsThatNameTheRemedy() {
    VaultProblem unknown = problem(() -> ask(ANN, "country", "nonsense"));
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.code()).isEqualTo("unknown_attribute");
    assertThat(unknown.detail()).contains("/v1/attributes");
    assertThat(problem(() -> asking("nonsense")).status()).isEqualTo(401);
    assertThat(problem(() -> asking(vault.token(Role.SOURCE, "crm"))).code())
        .isEqualTo("role_not_allowed");
  }

  @Test
  void aWriteThatIsTooLarge_isAProblem() {
    ContextLine line = line(ANN, "country", CANARY.repeat(200));
    VaultProblem problem = problem(() -> crm.write(Collections.nCopies(10_000, line), "large"));
    assertThat(problem.status()).isEqualTo(413);
  }

  @Test
  void aVaultThatHasStopped_isUnavailable_andNothingIsCounted() {
    VaultSettings once =
        VaultSettings.builder(
                URI.create("http://127.0.0.1:" + vault.vault().port()),
                () -> vault.token(Role.APP, "shop"))
            .retries(0)
            .build();
    try (VaultClient client = new VaultClient(once)) {
      assertThat(client.ask(PURPOSE, ANN, List.of("country"))).isInstanceOf(Refused.class);
      vault.restart();
      assertThat(client.ask(PURPOSE, ANN, List.of("country"))).isInstanceOf(Unavailable.class);
      Written written = client.write(List.of(line(ANN, "country", "Norway")), "k");
      assertThat(written).isInstanceOf(Unavailable.class);
    }
  }

  private Answer ask(CustomerId customer, String... attributes) {
    return vault.counted(shop.ask(PURPOSE, customer, List.of(attributes)));
  }

  private Answer asking(String token) {
    URI base = URI.create("http://127.0.0.1:" + vault.vault().port());
    try (VaultClient client = new VaultClient(VaultSettings.of(base, () -> token))) {
      return client.ask(PURPOSE, ANN, List.of("country"));
    }
  }

  private ContextLine line(CustomerId customer, String attribute, String value) {
    Instant now = Instant.parse(vault.observedNow());
    return ContextLine.attribute(customer, attribute, now, TextNode.valueOf(value));
  }

  private String leafHash(long index) {
    return vault.vault().db().inRead(c -> LoggedEntries.at(c, index).leafHash());
  }

  private static VaultProblem problem(ThrowingCallable call) {
    VaultProblem problem = catchThrowableOfType(VaultProblem.class, call);
    assertThat(problem).isNotNull();
    return problem;
  }
}
