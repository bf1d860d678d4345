package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
 * An app that is refused does not learn whether there is such a customer: not from the answer, not
 * from the entry that its receipt is about. How long answers take is measured by the benchmark
 * {@code oracle}.
 */
final class ExistenceIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PURPOSE = "dpv:ServicePersonalisation";
  private static final String CONSENT = "/v1/me/consents/" + PURPOSE + "/shop";
  private static final String UNKNOWN = "40404";

  /** Customers whom the shop may not see, each for another reason. */
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
  void theAnswer_tellsNothing_norDoItsHeadersAndItsLength() throws IOException {
    Set<String> answers = new TreeSet<>();
    for (String number : REFUSED) {
      String path = "/v1/customers/customer_number:" + number + "/context";
      answers.add(
          shape(exchange("GET", path + "?purpose=" + PURPOSE + "&attributes=country,income", "")));
    }
    assertThat(answers).hasSize(1);
  }

  @Test
  void anAnswerAboutMany_tellsNothing_ofAnyOfThem() throws IOException {
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
  void aSignalThatIsPassedOn_isAnsweredTheSame() throws IOException {
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
   * All that is in an entry but a salted commitment can be guessed, and its hash is in the receipt:
   * an entry without one would tell that it is about nobody.
   */
  @Test
  void everyRefusal_hasAnEntryWithACommitment_andAPrivatePartOfTheSameSize() throws IOException {
    Map<String, Entry> entries = new TreeMap<>();
    for (String number : REFUSED) {
      JsonNode answer = vault.ask(number, "country,income").body();
      entries.put(number, entry(answer.at("/receipt/index").longValue()));
    }
    Entry nobody = requireNonNull(entries.get(UNKNOWN));
    for (Entry entry : entries.values()) {
      assertThat(entry.names()).isEqualTo(nobody.names()).contains("commit", "labels");
      assertThat(entry.otherBytes()).isEqualTo(nobody.otherBytes());
      assertThat(entry.sealed()).isBetween(nobody.sealed() - 150, nobody.sealed() + 150);
    }
  }

  @Test
  void whoWasAskedForInVain_isNotWrittenDown() throws IOException {
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
    // Its private part opens for nobody: the key that it was sealed with is gone.
    assertThat(vault.vault().db().<Long>inRead(ExistenceIT::ofNobody)).isPositive();
  }

  private static long ofNobody(java.sql.Connection c) throws java.sql.SQLException {
    return Sql.one(
            c,
            """
            SELECT count(*) FROM audit_private
            WHERE subject % 2 = 0 AND subject NOT IN (SELECT id FROM subject)\
            """,
            row -> row.getLong(1))
        .orElseThrow();
  }

  /**
   * What of an entry is not the same by its nature.
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
            c ->
                Sql.one(
                        c,
                        """
                        SELECT l.bytes, length(p.sealed) FROM audit_leaf l
                        JOIN audit_private p ON p.idx = l.idx WHERE l.idx = ?\
                        """,
                        row -> entry(row.getBytes(1), row.getInt(2)),
                        index)
                    .orElseThrow());
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

  /** An answer without what is another in every answer; all of that has a fixed length. */
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
