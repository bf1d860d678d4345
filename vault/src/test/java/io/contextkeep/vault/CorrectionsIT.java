package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decisions of operators between a customer's correction and a source's later value. */
class CorrectionsIT {
  private static final String LIST = "/v1/corrections";

  @TempDir Path dir;
  private TestVault vault;
  private String operator;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    operator = vault.token(Role.OPERATOR, "olga");
    for (String customer : List.of("1", "2", "3")) {
      vault.write(customer, "country", "\"" + CANARY + "before\"");
    }
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private static String account(String number) {
    return "customer_number:" + number;
  }

  private void correct(String number) {
    ok(
        vault.put(
            vault.customer(account(number)),
            "/v1/me/attributes/country",
            "{\"value\": \"" + CANARY + "corrected\"}"));
  }

  private void send(String number, String value) {
    vault.advance(Duration.ofSeconds(1));
    ok(
        vault.post(
            vault.token(Role.SOURCE, "crm"),
            "/v1/ingest",
            """
            {"customer": {"customer_number": "%s"}, "attribute": "country", "observed": "%s",
             "value": "%s"}\
            """
                .formatted(number, vault.observedNow(), CANARY + value)
                .replace("\n", ""),
            Map.of("Idempotency-Key", UUID.randomUUID().toString())));
  }

  private JsonNode listed() {
    return ok(vault.get(operator, LIST)).body().path("corrections");
  }

  private Answered decide(JsonNode one, String decision) {
    return vault.post(
        operator,
        LIST + "/" + one.path("id").asText() + "/decision",
        """
        {"decision": "%s", "version": %d, "reason": "ck:SourceVerified"}\
        """
            .formatted(decision, one.path("version").asLong()),
        Map.of());
  }

  private JsonNode country(String number) {
    return ok(vault.get(vault.customer(account(number)), "/v1/me")).body().at("/values/country");
  }

  private static String code(Answered answered) {
    return answered.status() + " " + answered.body().path("code").asText();
  }

  @Test
  void laterValueOfSource_isListedWithoutEitherValue() {
    correct("1");
    assertThat(listed()).isEmpty();
    send("1", "after");
    send("2", "after");
    assertThat(listed()).hasSize(1);
    JsonNode one = listed().get(0);
    assertThat(one.path("attribute").asText()).isEqualTo("country");
    assertThat(one.path("source").asText()).isEqualTo("crm");
    assertThat(listed().toString()).doesNotContain(CANARY);
    assertThat(vault.get(vault.token(Role.AUDITOR, "ada"), LIST).status()).isEqualTo(403);
  }

  @Test
  void operatorAcceptsTheSourcesValue_andTheCustomerSeesWhy() {
    correct("1");
    send("1", "after");
    JsonNode one = listed().get(0);
    ok(decide(one, "accept-source"));
    assertThat(country("1").path("value").asText()).isEqualTo(CANARY + "after");
    assertThat(country("1").has("sourceSays")).isFalse();
    assertThat(listed()).isEmpty();
    assertThat(code(decide(one, "accept-source"))).isEqualTo("404 nothing_to_decide");
    JsonNode entry = decisionInTheCustomersList("1");
    assertThat(entry.path("action").asText()).isEqualTo("accept-source");
    assertThat(entry.path("source").asText()).isEqualTo("crm");
    assertThat(entry.path("reason").asText()).isEqualTo("ck:SourceVerified");
    assertThat(entry.at("/details/attribute").asText()).isEqualTo("country");
    assertThat(entry.path("actor").asText()).isEqualTo("operator");
    send("1", "later");
    assertThat(country("1").path("value").asText()).isEqualTo(CANARY + "later");
  }

  private JsonNode decisionInTheCustomersList(String number) {
    JsonNode accesses =
        ok(vault.get(vault.customer(account(number)), "/v1/me/accesses")).body().path("accesses");
    return accesses
        .valueStream()
        .filter(entry -> entry.path("type").asText().equals("correct"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void operatorKeepsTheCorrection_andLaterLinesAreKeptBesideItAgain() {
    correct("1");
    send("1", "after");
    ok(decide(listed().get(0), "keep-correction"));
    assertThat(listed()).isEmpty();
    assertThat(country("1").path("value").asText()).isEqualTo(CANARY + "corrected");
    assertThat(country("1").has("sourceSays")).isFalse();
    assertThat(decisionInTheCustomersList("1").path("action").asText())
        .isEqualTo("keep-correction");
    send("1", "later");
    assertThat(listed()).hasSize(1);
    assertThat(country("1").path("value").asText()).isEqualTo(CANARY + "corrected");
  }

  @Test
  void decisionAboutValueThatWasReplacedSince_isRefused() {
    correct("1");
    send("1", "after");
    JsonNode seen = listed().get(0);
    send("1", "later");
    assertThat(code(decide(seen, "accept-source"))).isEqualTo("409 value_replaced");
    assertThat(country("1").path("value").asText()).isEqualTo(CANARY + "corrected");
  }

  @Test
  void decisionWithoutReasonOrAboutNothing_isRefusedClearly() {
    correct("1");
    send("1", "after");
    String id = listed().get(0).path("id").asText();
    String path = LIST + "/" + id + "/decision";
    for (String body :
        List.of(
            "{\"decision\": \"accept-source\", \"version\": 1}",
            "{\"decision\": \"accept-source\", \"reason\": \"ck:SourceVerified\"}",
            "{\"decision\": \"both\", \"version\": 1, \"reason\": \"ck:SourceVerified\"}",
            "{\"decision\": \"accept-source\", \"version\": 1, \"reason\": \"Ann said so\"}")) {
      assertThat(vault.post(operator, path, body, Map.of()).status()).isEqualTo(400);
    }
    for (String other :
        List.of("0000000000000000.country.crm", "7fffffffffffffff.country.crm", "nonsense")) {
      Answered answered =
          vault.post(
              operator,
              LIST + "/" + other + "/decision",
              "{\"decision\": \"accept-source\", \"version\": 1, \"reason\": \"ck:X\"}",
              Map.of());
      assertThat(code(answered)).isEqualTo("404 nothing_to_decide");
    }
    assertThat(vault.get(operator, LIST + "?cursor=nonsense").status()).isEqualTo(400);
  }

  @Test
  void listOfMany_isReadPageByPage() {
    for (String number : List.of("1", "2", "3")) {
      correct(number);
      send(number, "after");
    }
    List<String> seen = new ArrayList<>();
    JsonNode page = ok(vault.get(operator, LIST + "?limit=2")).body();
    page.path("corrections").forEach(one -> seen.add(one.path("id").asText()));
    assertThat(seen).hasSize(2);
    JsonNode rest = ok(vault.get(operator, page.path("next").asText())).body();
    rest.path("corrections").forEach(one -> seen.add(one.path("id").asText()));
    assertThat(seen).hasSize(3).doesNotHaveDuplicates();
    assertThat(rest.has("next")).isFalse();
  }
}
