package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Refusals that do not tell an app whether a customer exists: neither the answer nor the log entry
 * of its receipt does. The benchmark {@code oracle} measures the time of answers.
 */
final class ExistenceIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PURPOSE = "dpv:ServicePersonalisation";
  private static final String CONSENT = "/v1/me/consents/" + PURPOSE + "/shop";
  private static final String UNKNOWN = "40404";

  /** Customers whom the shop may not read, each for a different reason. */
  private static final List<String> REFUSED =
      List.of("10001", "10002", "10003", "10004", "10005", UNKNOWN);

  @TempDir Path dir;
  private TestVault vault;
  private String shop;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    shop = vault.token(Role.APP, "shop");
    for (String number : REFUSED) {
      if (!number.equals(UNKNOWN)) {
        vault.write(number, "country", "\"" + CANARY + "land\"");
        vault.write(number, "income", "50000");
      }
    }
    consent("10002");
    ok(vault.delete(customer("10002"), CONSENT));
    consent("10003");
    ok(vault.put(customer("10003"), "/v1/me/objections/" + PURPOSE, ""));
    consent("10004");
    ok(vault.put(customer("10004"), "/v1/me/restriction", ""));
    ok(vault.delete(customer("10005"), "/v1/me"));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private String customer(String number) {
    return vault.customer("customer_number:" + number);
  }

  private void consent(String number) {
    ok(vault.put(customer(number), CONSENT, ""));
  }

  @Test
  void answerHeadersAndLength_areTheSameForUnknownCustomers() throws IOException {
    Set<String> answers = new TreeSet<>();
    for (String number : REFUSED) {
      String path = "/v1/customers/customer_number:" + number + "/context";
      answers.add(
          shape(exchange("GET", path + "?purpose=" + PURPOSE + "&attributes=country,income", "")));
    }
    assertThat(answers).hasSize(1);
  }

  @Test
  void batchAnswer_isTheSameForUnknownCustomers() throws IOException {
    JsonNode answers =
        JSON.readTree(
                exchange(
                        "POST",
                        "/v1/context",
                        """
                        {"purpose": "%s", "attributes": ["country", "purchase"],
                         "customers": ["customer_number:%s"]}\
                        """
                            .formatted(PURPOSE, String.join("\",\"customer_number:", REFUSED)))
                    .body())
            .path("answers");
    Set<String> shapes = new TreeSet<>();
    answers.forEach(answer -> shapes.add(shape(answer.path("problem").toString())));
    assertThat(answers).hasSize(REFUSED.size());
    assertThat(shapes).hasSize(1);
  }

  @Test
  void forwardedSignal_isAnsweredTheSameForUnknownCustomers() throws IOException {
    Set<String> answers = new TreeSet<>();
    for (String number : REFUSED) {
      answers.add(
          shape(
              exchange(
                  "POST",
                  "/v1/customers/customer_number:" + number + "/signals",
                  "{\"gpp\": \"DBABBg~BVUAAAAA.QA\"}")));
    }
    assertThat(answers).hasSize(1);
  }

  /**
   * Everything in an entry except a salted commitment can be guessed, and the receipt has its hash:
   * an entry without a commitment would tell that the customer is unknown.
   */
  @Test
  void everyRefusal_hasAnEntryWithACommitment_andAPrivatePartOfTheSameSize() throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    for (String number : REFUSED) {
      JsonNode answer = vault.ask(number, "country,income").body();
      entries.put(number, entry(answer.at("/receipt/index").longValue()));
    }
    Entry unknown = requireNonNull(entries.get(UNKNOWN));
    for (Entry entry : entries.values()) {
      assertThat(entry.names()).isEqualTo(unknown.names()).contains("commit", "labels");
      assertThat(entry.otherBytes()).isEqualTo(unknown.otherBytes());
      assertThat(entry.sealed()).isBetween(unknown.sealed() - 150, unknown.sealed() + 150);
    }
  }

  @Test
  void identifierOfAnUnknownCustomer_isNotRecorded() throws IOException {
    String name = CANARY + "nobody@example.com";
    vault.get(
        shop,
        "/v1/customers/email:"
            + name
            + "/context?purpose="
            + PURPOSE
            + "&attributes=country&reason="
            + CANARY);
    vault.restart();
    String auditor = vault.token(Role.AUDITOR, "audrey");
    JsonNode newest = ok(vault.get(auditor, "/v1/audit/entries?decision=refuse&limit=1")).body();
    assertThat(newest.at("/entries/0/reasons").toString()).contains("SUBJECT_UNKNOWN");
    // No key opens its private part, since the sealing key was discarded.
    assertThat(vault.vault().db().<Long>inRead(ExistenceIT::ofNobody)).isPositive();
  }

  private static long ofNobody(java.sql.Connection c) throws java.sql.SQLException {
    long ofNobody = 0;
    for (long index : LoggedEntries.withPrivatePart(c)) {
      long subject = AuditReader.subject(c, index).orElseThrow();
      boolean isHeld =
          Sql.one(c, "SELECT id FROM subject WHERE id = ?", row -> row.getLong(1), subject)
              .isPresent();
      ofNobody += subject % 2 == 0 && !isHeld ? 1 : 0;
    }
    return ofNobody;
  }

  /**
   * The parts of an entry that may differ.
   *
   * @param otherBytes the length of the leaf without its reasons
   * @param sealed the length of its private part
   */
  private record Entry(Set<String> names, int otherBytes, int sealed) {}

  private Entry entry(long index) {
    return vault
        .vault()
        .db()
        .<Entry>inRead(
            c -> {
              AuditRow entry = LoggedEntries.at(c, index);
              return entry(
                  entry.json().getBytes(StandardCharsets.UTF_8),
                  AuditReader.sealed(c, entry).orElseThrow().sealed().length);
            });
  }

  private static Entry entry(byte[] leaf, int sealed) {
    try {
      JsonNode json = JSON.readTree(leaf);
      Set<String> names = new TreeSet<>();
      json.fieldNames().forEachRemaining(names::add);
      return new Entry(names, leaf.length - json.path("reasons").toString().length(), sealed);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private HttpResponse<byte[]> exchange(String method, String path, String body) {
    return vault.exchange(
        method,
        path,
        body.getBytes(StandardCharsets.UTF_8),
        Map.of("Authorization", "Bearer " + shop, "Content-Type", "application/json"));
  }

  /** Returns an answer without the parts that differ in every answer; those have fixed lengths. */
  private static String shape(HttpResponse<byte[]> answer) {
    TreeMap<String, String> headers = new TreeMap<>();
    answer.headers().map().forEach((name, values) -> headers.put(name, shape(values.toString())));
    return answer.statusCode()
        + " "
        + headers
        + " "
        + shape(new String(answer.body(), StandardCharsets.UTF_8));
  }

  private static String shape(String text) {
    return text.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<36>")
        .replaceAll("[0-9a-f]{64}", "<64>")
        .replaceAll("[0-9a-f]{32}", "<32>")
        .replaceAll("\"index\":[0-9]+", "\"index\":<n>");
  }
}
