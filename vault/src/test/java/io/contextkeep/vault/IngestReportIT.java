package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports of ingested lines: their content, and the effects of refused lines. */
class IngestReportIT {
  private static final String RIGHTS =
      "{\"name\": \"N\", \"purposes\": [], \"facets\": [\"profile\", \"behaviour\"],"
          + " \"links\": [\"customer_number\", \"email\"]}";

  @TempDir Path dir;
  private TestVault vault;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    vault.register("/v1/apps/other", RIGHTS);
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private JsonNode send(String source, String... lines) {
    return ok(vault.post(
            vault.token(Role.SOURCE, source),
            "/v1/ingest",
            String.join("\n", lines),
            Map.of("Idempotency-Key", UUID.randomUUID().toString())))
        .body();
  }

  private static String country(String customer, String observed, String value) {
    return "{\"customer\": {%s}, \"attribute\": \"country\", \"observed\": \"%s\", \"value\": %s}"
        .formatted(customer, observed, value);
  }

  private String named(String customer) {
    return country(customer, vault.observedNow(), "\"" + CANARY + "\"");
  }

  private static String number(String number) {
    return "\"customer_number\": \"" + number + "\"";
  }

  private static String both(String number, String email) {
    return number(number) + ", \"email\": \"" + email + "\"";
  }

  private static String purchase(String id, String value) {
    return "{\"customer\": {%s}, \"event\": \"purchase\", \"id\": \"%s\", \"observed\": \"2026-01-01T00:00:00Z\", \"value\": %s}"
        .formatted(number("7"), id, value);
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
        "null",
        "undefined",
        "N/A",
        "0",
        "anonymous",
        "[object Object]",
        "noreply@shop.example",
        " NULL ",
        "ann\u200b@example.com"
      })
  void placeholderIdentifier_doesNotMergeTwoCustomers(String email) {
    assertThat(code(send("crm", named(both("PA", email))))).isEqualTo("invalid_customer");
    assertThat(code(send("crm", named(both("PB", email))))).isEqualTo("invalid_customer");
    assertThat(me("customer_number:PA")).isEqualTo(404);
    assertThat(me("email:" + email)).isEqualTo(400);
    var asked =
        vault.get(
            vault.token(Role.APP, "shop"),
            "/v1/customers/email:null/context?purpose=dpv:CustomerCare&attributes=country");
    assertThat(asked.body().path("code").asText()).isEqualTo("invalid_customer");
  }

  @Test
  void secondValueOfUniqueKind_isAConflictInEitherOrder() {
    assertThat(code(send("crm", named(both("PA", "a@example.com"))))).isEqualTo("kept");
    assertThat(code(send("crm", named(both("PB", "a@example.com")))))
        .isEqualTo("identifier_conflict");
    assertThat(me("customer_number:PB")).isEqualTo(404);
    assertThat(code(send("crm", named(number("PC"))))).isEqualTo("kept");
    assertThat(code(send("crm", named(both("PC", "a@example.com")))))
        .isEqualTo("identifier_conflict");
    assertThat(code(send("crm", named("\"email\": \"d@example.com\"")))).isEqualTo("kept");
    assertThat(
            send("crm", named(both("PD", "d@example.com")), named(both("PE", "d@example.com")))
                .path("kept")
                .asInt())
        .isEqualTo(1);
    assertThat(me("customer_number:PE")).isEqualTo(404);
  }

  @Test
  void conflictWithAnotherSourcesLinks_revealsNothingAboutThem() {
    send("crm", named(both("PA", "a@example.com")));
    assertThat(code(send("other", named(both("PB", "a@example.com"))))).isEqualTo("not_kept");
    assertThat(me("customer_number:PB")).isEqualTo(404);
    String auditor = vault.token(Role.AUDITOR, "audrey");
    JsonNode entries =
        ok(vault.get(auditor, "/v1/audit/entries?type=write&actor=other")).body().path("entries");
    assertThat(entries.toString()).contains("\"notKept\":[\"identifier_conflict*1\"]");
  }

  @Test
  void refusedLine_leavesNoIdentifier() {
    send("crm", country(number("1"), "2026-01-02T00:00:00Z", "\"" + CANARY + "\""));
    assertThat(
            code(
                send(
                    "crm",
                    country(
                        both("1", "new@example.com"),
                        "2026-01-01T00:00:00Z",
                        "\"" + CANARY + "\""))))
        .isEqualTo("older_than_current");
    assertThat(code(send("crm", country(number("2"), vault.observedNow(), "7"))))
        .isEqualTo("invalid_value");
    assertThat(me("email:new@example.com")).isEqualTo(404);
    assertThat(me("customer_number:2")).isEqualTo(404);
  }

  /** Checks that the second source does not learn that another source wrote about this customer. */
  @Test
  void olderValueOfAnotherSource_isReportedLikeOneOfAnUnknownCustomer() {
    send("crm", country(number("1"), "2026-01-02T00:00:00Z", "\"" + CANARY + "new\""));
    String old = "2026-01-01T00:00:00Z";
    JsonNode known = send("other", country(number("1"), old, "\"" + CANARY + "old\""));
    JsonNode unknown = send("other", country(number("9"), old, "\"" + CANARY + "old\""));
    assertThat(known.path("kept")).isEqualTo(unknown.path("kept"));
    assertThat(known.path("refused")).isEqualTo(unknown.path("refused"));
    JsonNode held =
        ok(vault.get(vault.customer("customer_number:1"), "/v1/me")).body().at("/values/country");
    assertThat(held.path("value").asText()).isEqualTo(CANARY + "new");
    assertThat(held.at("/sourceSays/0/value").asText()).isEqualTo(CANARY + "old");
    String older = "2025-01-01T00:00:00Z";
    assertThat(code(send("other", country(number("1"), older, "\"" + CANARY + "\""))))
        .isEqualTo(code(send("other", country(number("9"), older, "\"" + CANARY + "\""))))
        .isEqualTo("older_than_current");
  }

  @Test
  void eventOfTheSameIdAndTime_isRepeatedOrInConflict_andCountedOnce() {
    String event = purchase("i1", "{\"a\": 1, \"b\": 2}");
    JsonNode first = send("crm", event, event);
    assertThat(first.path("kept").asInt()).isEqualTo(1);
    assertThat(first.path("repeated").asInt()).isEqualTo(1);
    JsonNode again =
        send("crm", purchase("i1", "{\"b\": 2, \"a\": 1}"), purchase("i1", "{\"a\": 2}"));
    assertThat(again.path("kept").asInt()).isZero();
    assertThat(again.path("repeated").asInt()).isEqualTo(1);
    assertThat(code(again)).isEqualTo("event_conflict");
    assertThat(sum("SELECT sum(kept) FROM batch")).isEqualTo(sum("SELECT count(*) FROM event"));
  }

  @Test
  void otherSourcesEventIds_areNotDisclosed() {
    send("crm", purchase("i1", "{\"a\": 1}"));
    JsonNode other = send("other", purchase("i1", "{\"a\": 2}"));
    assertThat(other.path("kept").asInt()).isEqualTo(1);
    assertThat(other.path("refused")).isEmpty();
  }

  private long sum(String sql) {
    return vault
        .vault()
        .db()
        .<Long>inRead(c -> Sql.one(c, sql, row -> row.getLong(1)).orElseThrow());
  }
}
