package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.ontology.records.Shapes;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.ops.Backup;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The certificate of an erased customer, and its verification by a regulator. */
final class ErasureCertificateIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final String CODE = "7Qh2Zk9VbXw4Lr8Tn1Pc5_";
  private static final String TYPE = "erasure-certificate+jwt";

  @TempDir private Path dir;
  private TestVault vault;
  private String ann;

  @BeforeEach
  void start() {
    begin(Map.of("CONTEXTKEEP_BACKUP_RETENTION", "P1M"));
  }

  private void begin(Map<String, String> settings) {
    vault = TestVault.furnished(dir.resolve("vault"), settings);
    ann = vault.customer("customer_number:17850");
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void anErasure_isAnsweredWithASignedCertificate_thatConformsToItsShape_andNamesNoPerson()
      throws Exception {
    long subject = subject();
    JsonNode answer = ok(vault.delete(ann, "/v1/me")).body();
    JsonNode certificate = Signed.verified(vault, answer.at("/certificate/jws").asText(), TYPE);

    assertThat(Shapes.ofErasures().faults(graph(certificate))).isEmpty();
    assertThat(certificate.path("identifier")).isEqualTo(answer.at("/certificate/number"));
    assertThat(certificate.path("stage").asText()).isEqualTo("ck:Erased");
    assertThat(deleted(certificate))
        .containsEntry("identifier", 1)
        .containsEntry("value", 1)
        .containsEntry("consent_event", 1)
        .containsEntry("consent_state", 1)
        .containsEntry("audit_private", 3)
        .containsEntry("event", 0);
    assertThat(certificate.at("/recipient/identifier").asText())
        .isEqualTo("urn:contextkeep:app:shop");
    assertThat(certificate.at("/recipient/noticeState").asText()).isEqualTo("ck:NotTold");
    assertThat(certificate.toString())
        .doesNotContain("17850", CANARY, String.valueOf(subject))
        .doesNotContain(HexFormat.of().toHexDigits(subject));
  }

  @Test
  void aCertificate_isReadableWithItsNumberOnly() throws Exception {
    String number = erased();
    assertThat(newest(number).path("identifier").asText()).isEqualTo(number);
    assertThat(status("/v1/erasures/" + "0".repeat(64))).isEqualTo(404);
    assertThat(status("/v1/erasures/" + number.toUpperCase(Locale.ROOT))).isEqualTo(400);
    assertThat(status("/v1/erasures/17850")).isEqualTo(400);
  }

  @Test
  void onceTheFilesAreClean_theCertificateStatesIt_andStaysOtherwiseTheSame() throws Exception {
    String number = erased();
    vault.catchUp();
    JsonNode cleaned = newest(number);
    assertThat(cleaned.path("stage").asText()).isEqualTo("ck:Cleaned");
    assertThat(cleaned.path("step").findValuesAsText("what"))
        .containsExactly(
            "ck:KeyDestroyed",
            "ck:RowsDeleted",
            "ck:LogEmptied",
            "ck:GraphCompacted",
            "ck:FileRewritten");
    assertThat(Shapes.ofErasures().faults(graph(cleaned))).isEmpty();
    String before = Signed.anybody(vault, "/v1/erasures/" + number);
    vault.advance(Duration.ofDays(3));
    vault.restart();
    vault.catchUp();
    assertThat(Signed.anybody(vault, "/v1/erasures/" + number)).isEqualTo(before);
  }

  @Test
  void theNamedProof_provesTheEntryOfTheErasure() throws Exception {
    List<VerifierKey> keys = new ArrayList<>();
    ok(vault.get(ann, "/v1/me/view-key"))
        .body()
        .path("log")
        .forEach(key -> keys.add(VerifierKey.parse(key.asText())));
    JsonNode proof = newest(erased()).at("/step/1/proof");
    vault.vault().auditLog().publish();

    String path = proof.path("proofAt").asText();
    assertThat(path).isEqualTo("/v1/receipts/" + proof.path("index").asText());
    byte[] leaf = HexFormat.of().parseHex(proof.path("leafHash").asText());
    assertThat(TlogProof.parse(Signed.anybody(vault, path)).verify(leaf, TrustPolicy.of(keys)))
        .isInstanceOf(TlogProof.Verdict.Proven.class);
  }

  @Test
  void theExpiryOfCopies_isCountedFromEachStep_byTheConfiguredRetention() throws Exception {
    Instant asked = vault.clock().instant();
    String number = erased();
    vault.advance(Duration.ofHours(5));
    JsonNode first = newest(number);
    vault.catchUp();
    JsonNode last = newest(number);
    Instant keys = asked.atOffset(ZoneOffset.UTC).plusMonths(1).toInstant();
    assertThat(Instant.parse(first.path("keyCopiesExpire").asText())).isEqualTo(keys);
    assertThat(last.path("keyCopiesExpire")).isEqualTo(first.path("keyCopiesExpire"));
    Instant rewritten = Instant.parse(last.at("/step/4/endedAt").asText());
    assertThat(Instant.parse(last.path("dataCopiesExpire").asText()))
        .isEqualTo(rewritten.atOffset(ZoneOffset.UTC).plusMonths(1).toInstant());
    assertThat(last.path("backupRetention").asText()).isEqualTo("P1M");
  }

  @Test
  void withoutAConfiguredRetention_noExpiryIsStated() throws Exception {
    vault.close();
    dir = dir.resolve("other");
    begin(Map.of());
    String number = erased();
    vault.catchUp();
    JsonNode certificate = newest(number);
    assertThat(certificate.path("backups").asText()).isEqualTo("ck:NoTimePromised");
    assertThat(certificate.has("keyCopiesExpire")).isFalse();
    assertThat(certificate.has("dataCopiesExpire")).isFalse();
    assertThat(Shapes.ofErasures().faults(graph(certificate))).isEmpty();
  }

  /** Checks an erasure during a read, which keeps the deleted rows in the write-ahead log. */
  @Test
  void duringTheErasure_thereIsANumberButNoCertificate() throws Exception {
    vault.close();
    dir = dir.resolve("other");
    begin(Map.of("CONTEXTKEEP_STORE_DEADLINE_MILLIS", "2000"));
    String number =
        vault
            .vault()
            .db()
            .inRead(
                c -> {
                  assertThat(Sql.one(c, "SELECT id FROM subject", row -> row.getLong(1)))
                      .isPresent();
                  TestVault.Answered answer = vault.delete(ann, "/v1/me");
                  assertThat(answer.status()).isEqualTo(202);
                  String begun = answer.body().at("/certificate/number").asText();
                  assertThat(status("/v1/erasures/" + begun)).isEqualTo(409);
                  return begun;
                });
    vault.catchUp();
    vault.vault().erasure().resumeUnfinished();
    JsonNode certificate = newest(number);
    assertThat(certificate.path("occasion").asText()).isEqualTo("ck:Asked");
    assertThat(deleted(certificate)).containsEntry("value", 1);
  }

  /** Restores the rows from an older copy of the data, but not the key or the date. */
  @Test
  void anErasureRepeatedAfterARestore_keepsItsNumberAndItsTrueDates() throws Exception {
    Path copy = dir.resolve("copy");
    Backup.write(
        vault.config().store().data(), vault.config().store().keys(), copy, Customers::all);
    vault.advance(Duration.ofDays(1));
    String number = erased();
    JsonNode first = newest(number);
    vault.catchUp();
    vault.advance(Duration.ofDays(9));
    vault.restore(copy);

    JsonNode again = newest(number);
    assertThat(again.path("occasion").asText()).isEqualTo("ck:RestoredCopy");
    assertThat(again.has("askedAt")).isFalse();
    assertThat(again.at("/step/0")).isEqualTo(first.at("/step/0"));
    assertThat(Instant.parse(again.at("/step/1/endedAt").asText()))
        .isAfterOrEqualTo(
            Instant.parse(first.at("/step/1/endedAt").asText()).plus(Duration.ofDays(9)));
    assertThat(again.at("/recipient/noticeState").asText()).isEqualTo("ck:NotNamed");
    assertThat(Shapes.ofErasures().faults(graph(again))).isEmpty();
  }

  /** Checks the receipt code, which is all that the customer has after a lost reply. */
  @Test
  void aLostReply_isRepeatedByTheReceiptCode_withOrWithoutAnAccount() throws Exception {
    JsonNode lost = ok(erase(CODE)).body();
    String number = lost.at("/certificate/number").asText();
    for (TestVault.Answered again : List.of(byCode(CODE), erase(CODE))) {
      assertThat(ok(again).body().at("/certificate/number").asText()).isEqualTo(number);
      assertThat(step(again.body(), 0)).isEqualTo(step(lost, 0));
      assertThat(step(again.body(), 1)).isEqualTo(step(lost, 1));
    }
    assertThat(erase("another-7Qh2Zk9VbXw4Lr8Tn1").status()).isEqualTo(404);
    assertThat(vault.delete(ann, "/v1/me").status()).isEqualTo(404);
    vault.restart();
    vault.catchUp();
    JsonNode cleaned = ok(byCode(CODE)).body();
    assertThat(ok(erase(CODE)).body()).isEqualTo(cleaned);
    assertThat(Signed.verified(vault, cleaned.at("/certificate/jws").asText(), TYPE))
        .isEqualTo(newest(number));
  }

  private JsonNode step(JsonNode answer, int place) throws Exception {
    return Signed.verified(vault, answer.at("/certificate/jws").asText(), TYPE)
        .path("step")
        .path(place);
  }

  @Test
  void aReceiptCode_givesTheNumber_duringTheErasure() {
    vault.close();
    dir = dir.resolve("other");
    begin(Map.of("CONTEXTKEEP_STORE_DEADLINE_MILLIS", "2000"));
    JsonNode begun =
        vault
            .vault()
            .db()
            .inRead(
                c -> {
                  assertThat(Sql.one(c, "SELECT id FROM subject", row -> row.getLong(1)))
                      .isPresent();
                  TestVault.Answered answer = erase(CODE);
                  assertThat(answer.status()).isEqualTo(202);
                  for (TestVault.Answered again : List.of(byCode(CODE), erase(CODE))) {
                    assertThat(again.status()).isEqualTo(202);
                    assertThat(again.body()).isEqualTo(answer.body());
                  }
                  return answer.body();
                });
    vault.catchUp();
    vault.vault().erasure().resumeUnfinished();
    JsonNode ended = ok(byCode(CODE)).body();
    assertThat(ended.path("erased").asBoolean()).isTrue();
    assertThat(ended.at("/certificate/number")).isEqualTo(begun.at("/certificate/number"));
  }

  /** Checks a customer who was enrolled again, so that the old certificate would be wrong. */
  @Test
  void theCodeOfAnEarlierErasure_erasesNoLaterData() {
    ok(erase(CODE));
    vault.write("17850", "country", "\"" + CANARY + "isle\"");
    TestVault.Answered again = erase(CODE);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.body().path("code").asText()).isEqualTo("key_reused");
    ok(vault.get(ann, "/v1/me"));
    String number =
        ok(erase("another-7Qh2Zk9VbXw4Lr8Tn1")).body().at("/certificate/number").asText();
    assertThat(byCode(CODE).body().at("/certificate/number").asText()).isNotEqualTo(number);
  }

  @Test
  void unknownCodes_areIndistinguishable_andGuessableOnesAreRefusedBeforeAnyErasure() {
    ok(erase(CODE));
    Set<String> answers = new HashSet<>();
    for (String unknown :
        List.of(
            "7Qh2Zk9VbXw4Lr8Tn1Pc5-",
            "0123456789abcdef0123456789abcdef",
            "314159265358979323846264338327950288419",
            "123e4567-e89b-12d3-a456-426614174000")) {
      TestVault.Answered answer = byCode(unknown);
      assertThat(answer.status()).as(unknown).isEqualTo(404);
      answers.add(answer.body().toString());
    }
    assertThat(answers).hasSize(1);
    vault.write("17850", "country", "\"" + CANARY + "isle\"");
    for (String weak :
        List.of(
            "short",
            "7Qh2Zk9VbXw4Lr8Tn1Pc5",
            "0123456789abcdef0123456789abcde",
            "31415926535897932384626433832795028841",
            "123e4567-e89b-12d3-a456-42661417400",
            "a".repeat(40),
            "Ab-1".repeat(10),
            "7Qh2Zk9VbXw4Lr8Tn1Pc5 x",
            "7".repeat(129))) {
      assertThat(byCode(weak).status()).as(weak).isEqualTo(400);
      TestVault.Answered refused = erase(weak);
      assertThat(refused.body().path("code").asText()).as(weak).isEqualTo("invalid_receipt_code");
      assertThat(refused.body().toString()).doesNotContain(weak);
    }
    ok(vault.get(ann, "/v1/me"));
  }

  @Test
  void onlyTheHashOfAReceiptCode_isStored() throws Exception {
    ok(erase(CODE));
    vault.stop();
    Disk.holdsNone(dir, List.of(CODE.getBytes(StandardCharsets.US_ASCII)));
    vault.startAgain();
    assertThat(byCode(CODE).status()).isEqualTo(200);
  }

  private TestVault.Answered erase(String code) {
    return vault.send(ann, "DELETE", "/v1/me", "", Map.of("Idempotency-Key", code));
  }

  private TestVault.Answered byCode(String code) {
    HttpResponse<byte[]> answer =
        vault.exchange("GET", "/v1/erasures", new byte[0], Map.of("Idempotency-Key", code));
    return new TestVault.Answered(answer.statusCode(), TestVault.json(answer));
  }

  private String erased() {
    String fresh = vault.customer("customer_number:17850");
    return ok(vault.delete(fresh, "/v1/me")).body().at("/certificate/number").asText();
  }

  private JsonNode newest(String number) throws Exception {
    return Signed.verified(vault, Signed.anybody(vault, "/v1/erasures/" + number), TYPE);
  }

  private int status(String path) {
    return vault.exchange("GET", path, new byte[0], Map.of()).statusCode();
  }

  private static Map<String, Integer> deleted(JsonNode certificate) {
    Map<String, Integer> rows = new TreeMap<>();
    certificate
        .at("/step/1/deleted")
        .forEach(node -> rows.put(node.path("table").asText(), node.path("rows").asInt()));
    return rows;
  }

  private long subject() {
    return vault
        .vault()
        .db()
        .<Long>inRead(
            c -> Sql.one(c, "SELECT id FROM subject", row -> row.getLong(1)).orElseThrow());
  }

  private static Graph graph(JsonNode document) {
    Graph graph = GraphFactory.createDefaultGraph();
    RDFParser.create()
        .source(new StringReader(document.toString()))
        .lang(Lang.JSONLD11)
        .parse(graph);
    return graph;
  }
}
