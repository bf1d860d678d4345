package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.OpenApi.Operation;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * It is as easy to withdraw consent as to give it (GDPR article 7(3)): never more calls, and never
 * more to say in one. The same of every other no against what takes it back.
 */
final class StepParityIT {
  private static final OpenApi API = OpenApi.bundled();
  private static final String CONSENT = "/v1/me/consents/{purpose}/{app}";

  /** A no and what it undoes or is undone by. */
  private record Pair(Operation no, Operation yes) {
    @Override
    public String toString() {
      return no + " against " + yes;
    }
  }

  /** Consents are given with PUT; everything else that a customer puts under her name is a no. */
  static Stream<Pair> pairs() {
    return API.operations().stream()
        .filter(put -> put.method().equals("PUT") && put.path().startsWith("/v1/me/"))
        .flatMap(put -> deleting(put.path()).map(delete -> pair(put, delete)));
  }

  private static Stream<Operation> deleting(String path) {
    return API.operations().stream()
        .filter(o -> o.method().equals("DELETE") && o.path().equals(path));
  }

  private static Pair pair(Operation put, Operation delete) {
    return put.path().equals(CONSENT) ? new Pair(delete, put) : new Pair(put, delete);
  }

  @Test
  void consents_objections_andRestriction_areAmongThePairs() {
    assertThat(pairs().map(pair -> pair.no().toString()))
        .contains("DELETE " + CONSENT, "PUT /v1/me/objections/{purpose}", "PUT /v1/me/restriction");
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aNo_demandsNothingThatTheYesDoesNot(Pair pair) {
    assertThat(demands(pair.yes())).containsAll(demands(pair.no()));
    assertThat(pair.yes().roles()).containsAll(pair.no().roles()).contains("customer");
  }

  /** What a request cannot do without: each parameter and each field of the body. */
  private static Set<String> demands(Operation operation) {
    Set<String> demands = new TreeSet<>();
    for (JsonNode listed : operation.node().path("parameters")) {
      JsonNode parameter = API.resolved(listed);
      if (parameter.path("required").asBoolean()) {
        demands.add(parameter.path("in").asText() + " " + parameter.path("name").asText());
      }
    }
    JsonNode body = API.resolved(operation.node().path("requestBody"));
    if (body.path("required").asBoolean()) {
      demands.add("body");
    }
    for (JsonNode content : body.path("content")) {
      API.resolved(content.path("schema"))
          .path("required")
          .forEach(field -> demands.add("body " + field.asText()));
    }
    return demands;
  }

  /** However much a yes said, the no to it is one call that says nothing more. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"explicit\": true, \"method\": \"portal\"}",
        "{\"expires\": \"2090-01-01T00:00:00Z\"}",
        "{\"notice\": \"shop-care.1\", \"language\": \"en-GB\"}"
      })
  void oneCallWithoutABody_undoesEveryYes(String yes, @TempDir Path dir) {
    try (TestVault vault = new TestVault(dir)) {
      vault.furnish();
      if (yes.contains("notice")) {
        tell(vault);
      }
      vault.write("1", "country", "\"Iceland\"");
      String customer = vault.customer("customer_number:1");
      String consent = "/v1/me/consents/dpv:ServicePersonalisation/shop";
      ok(vault.put(customer, consent, yes));
      ok(vault.ask("1", "country"));
      ok(vault.delete(customer, consent));
      assertThat(vault.ask("1", "country").status()).isEqualTo(403);
    }
  }

  private static void tell(TestVault vault) {
    String example = API.document().at("/components/schemas/NoticeText/examples/0").toString();
    ok(
        vault.put(
            vault.token(Role.OPERATOR, "olga"),
            "/v1/notices/shop-care/1",
            example.replace("dpv:CustomerCare", "dpv:ServicePersonalisation")));
  }
}
