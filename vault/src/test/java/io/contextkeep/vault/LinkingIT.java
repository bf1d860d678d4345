package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.TestVault.Answered;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links of identifiers: by sources, customers and operators, and their refusals. */
class LinkingIT {
  private static final String MALLORY = "login:mallory@evil.example";

  @TempDir Path dir;
  private TestVault vault;
  private String operator;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    operator = vault.token(Role.OPERATOR, "olga");
    app("shop", "");
    app("accounts", ", \"links\": [\"customer_number\", \"login\"], \"identitySource\": true");
    vault.write("12359", "country", "\"" + CANARY + "land\"");
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private void app(String id, String rights) {
    vault.register("/v1/apps/" + id, json(rights));
  }

  private static String json(String rights) {
    return "{\"name\": \"N\", \"purposes\": [], \"facets\": [\"profile\"]" + rights + "}";
  }

  private JsonNode send(String source, String customer) {
    return send(source, customer, "country", "\"" + CANARY + "ia\"");
  }

  private JsonNode send(String source, String customer, String attribute, String value) {
    return ok(vault.post(
            vault.token(Role.SOURCE, source),
            "/v1/ingest",
            "{\"customer\": %s, \"attribute\": \"%s\", \"observed\": \"%s\", \"value\": %s}\n"
                .formatted(customer, attribute, vault.observedNow(), value),
            Map.of("Idempotency-Key", UUID.randomUUID().toString())))
        .body();
  }

  private static String code(JsonNode report) {
    return report.at("/refused/0/code").asText("kept");
  }

  private int me(String account) {
    return vault.get(vault.customer(account), "/v1/me").status();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"customer_number\": \"12359\", \"login\": \"mallory@evil.example\"}",
        "{\"login\": \"mallory@evil.example\", \"customer_number\": \"12359\"}",
        "{\"customer_number\": \"12359\", \"email\": \"mallory@evil.example\"}",
        "{\"customer_number\": \"77\", \"login\": \"mallory@evil.example\"}",
        "{\"customer_number\": \"77\", \"device\": \"d-1\"}",
      })
  void appWithoutTheRight_linksNothing(String customer) {
    assertThat(code(send("shop", customer))).isEqualTo("link_not_allowed");
    assertThat(me(MALLORY)).isEqualTo(404);
    assertThat(me("email:mallory@evil.example")).isEqualTo(404);
    assertThat(me("customer_number:77")).isEqualTo(404);
    assertThat(me("device:d-1")).isEqualTo(404);
  }

  @Test
  void signInKind_isNotLinkedByAppThatMayLinkOthers() {
    assertThat(
            vault
                .put(operator, "/v1/apps/loyalty", json(", \"links\": [\"login\"]"))
                .body()
                .path("code")
                .asText())
        .isEqualTo("invalid_field");
    app("loyalty", ", \"links\": [\"customer_number\", \"email\"]");
    String both = "{\"customer_number\": \"12359\", \"login\": \"mallory@evil.example\"}";
    assertThat(code(send("loyalty", both))).isEqualTo("link_not_allowed");
    assertThat(me(MALLORY)).isEqualTo(404);
  }

  @Test
  void signInKind_enrolsNoCustomerWithoutTheRight() {
    assertThat(code(send("shop", "{\"login\": \"mallory@evil.example\"}")))
        .isEqualTo("sign_in_kind");
    assertThat(me(MALLORY)).isEqualTo(404);
  }

  /** Otherwise a source could test which logins exist. */
  @Test
  void refusalOfSignInKind_isTheSameForKnownAndUnknownCustomers() {
    ok(vault.put(vault.customer("login:ann"), "/v1/me/restriction", ""));
    assertThat(send("shop", "{\"login\": \"ann\"}").path("refused"))
        .isEqualTo(send("shop", "{\"login\": \"nobody-of-that-name\"}").path("refused"));
  }

  @Test
  void identitySource_linksWhatItsRegistrationLists() {
    assertThat(code(send("accounts", "{\"customer_number\": \"12359\", \"login\": \"ann\"}")))
        .isEqualTo("kept");
    assertThat(me("login:ann")).isEqualTo(200);
    assertThat(code(send("accounts", "{\"customer_number\": \"12359\", \"device\": \"d-1\"}")))
        .isEqualTo("link_not_allowed");
  }

  @Test
  void withdrawnRight_linksNothingFromThenOn() {
    app("accounts", ", \"links\": [], \"identitySource\": false");
    assertThat(code(send("accounts", "{\"customer_number\": \"12359\", \"login\": \"ann\"}")))
        .isEqualTo("link_not_allowed");
    assertThat(me("login:ann")).isEqualTo(404);
  }

  @Test
  void link_isAnEntryInTheCustomersAccesses() {
    send("accounts", "{\"customer_number\": \"12359\", \"login\": \"ann\"}");
    JsonNode accesses = ok(vault.get(vault.customer("login:ann"), "/v1/me/accesses")).body();
    JsonNode link =
        StreamSupport.stream(accesses.path("accesses").spliterator(), false)
            .filter(entry -> entry.path("type").asText().equals("link"))
            .findFirst()
            .orElseThrow();
    assertThat(link.path("actor").asText()).isEqualTo("accounts");
    assertThat(link.path("action").asText()).isEqualTo("link");
    assertThat(link.path("identifiers").toString()).isEqualTo("[\"login\"]");
  }

  @Test
  void customerUnlinksAccount_andNoSourceLinksItAgain() {
    String both = "{\"customer_number\": \"12359\", \"login\": \"mallory@evil.example\"}";
    send("accounts", both);
    String customer = vault.customer("customer_number:12359");
    String id = id(customer, "login");
    ok(vault.delete(customer, "/v1/me/identifiers/" + id));
    assertThat(me(MALLORY)).isEqualTo(404);
    assertThat(code(send("accounts", both))).isEqualTo("not_kept");
    assertThat(me(MALLORY)).isEqualTo(404);
    assertThat(vault.delete(customer, "/v1/me/identifiers/" + id).status()).isEqualTo(404);
  }

  private String id(String customer, String kind) {
    JsonNode links = ok(vault.get(customer, "/v1/me/identifiers")).body().path("identifiers");
    return StreamSupport.stream(links.spliterator(), false)
        .filter(link -> link.path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow()
        .path("id")
        .asText();
  }

  @Test
  void identifierOfTheCurrentSession_cannotBeUnlinked() {
    String customer = vault.customer("customer_number:12359");
    String id = id(customer, "customer_number");
    Answered answered = vault.delete(customer, "/v1/me/identifiers/" + id);
    assertThat(answered.status()).isEqualTo(409);
    assertThat(me("customer_number:12359")).isEqualTo(200);
  }

  @Test
  void operatorUnlinks_withoutSeeingTheValue() {
    send("accounts", "{\"customer_number\": \"12359\", \"login\": \"mallory@evil.example\"}");
    String path = "/v1/customers/customer_number:12359/identifiers";
    JsonNode listed = ok(vault.get(operator, path)).body();
    assertThat(listed.toString()).doesNotContain("mallory").doesNotContain("12359");
    String id = listed.at("/identifiers/1/id").asText();
    assertThat(listed.at("/identifiers/1/kind").asText()).isEqualTo("login");
    ok(vault.delete(operator, path + "/" + id));
    assertThat(me(MALLORY)).isEqualTo(404);
    String last = listed.at("/identifiers/0/id").asText();
    assertThat(vault.delete(operator, path + "/" + last).status()).isEqualTo(409);
    JsonNode accesses =
        ok(vault.get(vault.customer("customer_number:12359"), "/v1/me/accesses")).body();
    assertThat(accesses.toString()).contains("\"unlink\"").doesNotContain("olga");
  }

  @Test
  void customerLinksOtherAccount_withATokenOfIt() {
    String customer = vault.customer("customer_number:12359");
    String proof = "{\"token\": \"" + vault.customer("login:ann") + "\"}";
    ok(vault.post(customer, "/v1/me/identifiers", proof, Map.of()));
    assertThat(me("login:ann")).isEqualTo(200);
    String second = "{\"token\": \"" + vault.customer("login:anna") + "\"}";
    assertThat(vault.post(customer, "/v1/me/identifiers", second, Map.of()).status())
        .isEqualTo(409);
    assertThat(me("login:anna")).isEqualTo(404);
  }

  @Test
  void proofOfOtherAccount_mustBeFresh_aCustomers_andOfAnUnlinkedAccount() {
    String customer = vault.customer("customer_number:12359");
    String old = vault.customer("login:ann");
    vault.advance(Duration.ofMinutes(11));
    customer = vault.customer("customer_number:12359");
    vault.write("444", "country", "\"" + CANARY + "\"");
    Map<String, Integer> proofs =
        Map.of(
            old, 400, operator, 400, "no-token", 400, vault.customer("customer_number:444"), 409);
    for (Map.Entry<String, Integer> proof : proofs.entrySet()) {
      String body = "{\"token\": \"" + proof.getKey() + "\"}";
      assertThat(vault.post(customer, "/v1/me/identifiers", body, Map.of()).status())
          .isEqualTo(proof.getValue());
    }
    assertThat(me("login:ann")).isEqualTo(404);
  }

  /** Earlier vaults stored international domains unnormalised. */
  @Test
  void identifierThatAnEarlierVersionWrote_isStillFound() throws Exception {
    String unicode = "email:ann@b\u00fccher.example";
    ok(vault.put(vault.customer(unicode), "/v1/me/restriction", ""));
    BlindIndex index = new BlindIndex(FileRootKey.openOrCreate(dir.resolve("keys/root.key")));
    byte[] asItCame = index.of("email", "ann@xn--bcher-kva.example");
    vault
        .vault()
        .db()
        .inWrite(
            c -> Sql.update(c, "UPDATE identifier SET blind = ? WHERE kind = 'email'", asItCame));
    assertThat(me(unicode)).isEqualTo(200);
    assertThat(me("email:Ann@XN--BCHER-KVA.example")).isEqualTo(200);
    ok(vault.put(vault.customer(unicode), "/v1/me/restriction", ""));
    assertThat(
            vault
                .vault()
                .db()
                .<Long>inRead(
                    c ->
                        Sql.one(
                                c,
                                "SELECT count(*) FROM identifier WHERE kind = 'email'",
                                row -> row.getLong(1))
                            .orElseThrow()))
        .isEqualTo(1);
  }
}
