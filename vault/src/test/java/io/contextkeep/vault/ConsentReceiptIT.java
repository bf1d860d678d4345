package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.iabtcf.encoder.TCStringEncoder;
import io.contextkeep.ontology.records.Shapes;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import org.apache.jena.graph.Graph;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.sparql.graph.GraphFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Customers' notices and receipts, checked with an independent JOSE library. */
final class ConsentReceiptIT {
  private static final String CONSENT = "/v1/me/consents/dpv:DirectMarketing/shop";
  private static final String UNDER_ONE =
      "{\"notice\": \"shop-care.1\", \"language\": \"en-GB\", \"explicit\": true}";
  private static final String JOSE = "application/jose";

  private TestVault vault;
  private String ann;
  private String olga;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = new TestVault(dir);
    vault.furnish();
    vault.register(
        "/v1/apps/shop",
        """
        {"name": "Shop", "facets": [],
         "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare", "dpv:DirectMarketing",
          "dpv:Marketing"]}\
        """);
    ann = vault.customer("customer_number:17850");
    olga = vault.token(Role.OPERATOR, "olga");
    created(vault.put(olga, "/v1/notices/shop-care/1", notice().toString()));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private static ObjectNode notice() {
    JsonNode example =
        OpenApi.bundled().document().at("/components/schemas/NoticeText/examples/0").deepCopy();
    ObjectNode notice = (ObjectNode) example;
    notice.putArray("purposes").add("dpv:DirectMarketing");
    notice
        .withArray("texts")
        .addObject()
        .put("language", "de")
        .put("title", "Wie wir Ihnen helfen")
        .put("body", "Wir antworten Ihnen per E-Mail.");
    return notice;
  }

  @Test
  void aConsent_isAnsweredWithASignedReceipt_thatConformsToItsShape() throws Exception {
    JsonNode said = ok(vault.put(ann, CONSENT, UNDER_ONE)).body();
    String receipt = said.at("/consentReceipt/jws").textValue();

    JsonNode document = verified(receipt, "consent-receipt+jwt");
    assertThat(document.at("/record/notice/language").textValue()).isEqualTo("en");
    assertThat(document.at("/record/event/state").textValue()).isEqualTo("dpv:ConsentGiven");
    assertThat(document.at("/record/process/controller/name").textValue()).isEqualTo("Shop Ltd");
    assertThat(Shapes.ofRecords().faults(graph(document))).isEmpty();
    assertThat(document.toString()).doesNotContain("17850");
  }

  @Test
  void sourcesNecessityAndAuthorityOfANotice_areInTheReceipt() throws Exception {
    ObjectNode telling = notice().put("necessity", "dpv:Optional");
    telling.putArray("dataSources").add("dpv:DataSubjectDataSource").add("dpv:PublicDataSource");
    telling
        .putObject("authority")
        .put("name", "Data Protection Commission")
        .put("address", "6 Pembroke Row, Dublin")
        .put("contact", "https://dpc.example/complaints");
    created(vault.put(olga, "/v1/notices/shop-care/2", telling.toString()));
    String under = UNDER_ONE.replace("care.1", "care.2");
    String handed = ok(vault.put(ann, CONSENT, under)).body().at("/consentReceipt/jws").asText();
    JsonNode document = verified(handed, "consent-receipt+jwt");
    assertThat(document.at("/record/process/necessity").textValue()).isEqualTo("dpv:Optional");
    assertThat(document.at("/record/process/dataSource"))
        .extracting(JsonNode::textValue)
        .containsExactly("dpv:DataSubjectDataSource", "dpv:PublicDataSource");
    assertThat(document.at("/record/process/authority/name").textValue())
        .isEqualTo("Data Protection Commission");
    assertThat(Shapes.ofRecords().faults(graph(document))).isEmpty();

    ObjectNode other = telling.deepCopy();
    assertThat(put("/v1/notices/a/1", other.put("necessity", "always").toString()))
        .isEqualTo("invalid_field");
    other = telling.deepCopy();
    other.putArray("dataSources").add("pd:Name");
    assertThat(put("/v1/notices/a/1", other.toString())).isEqualTo("invalid_field");
    other = telling.deepCopy();
    other.putObject("authority").put("name", "Somebody");
    assertThat(put("/v1/notices/a/1", other.toString())).isEqualTo("missing_field");
    other = telling.deepCopy();
    other.putNull("necessity");
    assertThat(put("/v1/notices/a/1", other.toString())).isEqualTo("invalid_field");
  }

  @Test
  void aReceipt_isReproducedByteForByte_afterLaterChanges() {
    JsonNode handed = ok(vault.put(ann, CONSENT, UNDER_ONE)).body().get("consentReceipt");
    ok(vault.delete(ann, CONSENT));
    created(
        vault.put(olga, "/v1/notices/shop-care/2", notice().put("retention", "P1Y").toString()));
    vault.restart();
    String path = "/v1/me/receipts/" + handed.get("number").longValue();
    assertThat(text(get(ann, path, JOSE))).isEqualTo(handed.get("jws").textValue());
  }

  /** Checks that a withdrawal needs no more fields than the consent: the vault knows the notice. */
  @Test
  void aWithdrawal_needsNoBody_andItsReceiptHasTheWholeHistory() throws Exception {
    ok(vault.put(ann, CONSENT, UNDER_ONE));
    JsonNode said = ok(vault.delete(ann, CONSENT)).body();
    JsonNode document = verified(said.at("/consentReceipt/jws").textValue(), "consent-receipt+jwt");
    assertThat(document.at("/record/event").findValuesAsText("state"))
        .containsExactly("dpv:ConsentGiven", "dpv:ConsentWithdrawn");
    assertThat(Shapes.ofRecords().faults(graph(document))).isEmpty();

    JsonNode refusal =
        ok(vault.delete(ann, "/v1/me/consents/dpv:Marketing/shop")).body().get("consentReceipt");
    JsonNode refused = verified(refusal.get("jws").textValue(), "consent-receipt+jwt");
    assertThat(refused.at("/record/type").textValue()).isEqualTo("RefusalRecord");
    assertThat(Shapes.ofRecords().faults(graph(refused))).isEmpty();
  }

  @Test
  void theStatusList_marksReceiptsThatAreNoLongerCurrent() throws Exception {
    long first = number(ok(vault.put(ann, CONSENT, UNDER_ONE)).body());
    long other = number(ok(vault.delete(ann, "/v1/me/consents/dpv:Marketing/shop")).body());
    long second = number(ok(vault.delete(ann, CONSENT)).body());

    byte[] list = statusList();
    assertThat(bit(list, first)).isEqualTo(1);
    assertThat(bit(list, other)).isZero();
    assertThat(bit(list, second)).isZero();
    assertThat(bit(list, second + 1)).isEqualTo(1);
    assertThat(ok(vault.get(ann, "/v1/me/receipts")).body().at("/receipts"))
        .extracting(r -> r.get("number").longValue() + " " + r.get("current").booleanValue())
        .containsExactly(second + " true", other + " true", first + " false");
  }

  /** Checks a vault whose name is not a web address: it uses the address that it listens on. */
  @Test
  void aReceiptNamesItsStatusListByAnAbsoluteUri_andTheListHasTheSameSubject() throws Exception {
    String handed =
        ok(vault.put(ann, CONSENT, UNDER_ONE)).body().at("/consentReceipt/jws").asText();
    String uri = listUri(handed);
    assertThat(uri)
        .isEqualTo("http://127.0.0.1:" + vault.vault().port() + "/v1/consent-receipts/status/0");
    String token =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
            .body();
    assertThat(verified(token, "statuslist+jwt").path("sub").textValue()).isEqualTo(uri);
  }

  @Test
  void aVaultWithAWebAddress_namesTheStatusListUnderIt(@TempDir Path other) throws Exception {
    vault.close();
    vault = new TestVault(other, Map.of("CONTEXTKEEP_PUBLIC_URL", "https://vault.example/ctx/"));
    vault.furnish();
    String bob = vault.customer("customer_number:17850");
    String no = "/v1/me/consents/dpv:Marketing/shop";
    String handed = ok(vault.delete(bob, no)).body().at("/consentReceipt/jws").asText();
    String uri = "https://vault.example/ctx/v1/consent-receipts/status/0";
    assertThat(listUri(handed)).isEqualTo(uri);
    JsonNode list = verified(anybody("/v1/consent-receipts/status/0"), "statuslist+jwt");
    assertThat(list.path("sub").textValue()).isEqualTo(uri);
  }

  /** Makes receipts as older vaults did, before the second form and stored addresses. */
  @Test
  void aReceiptOfTheFirstForm_staysInThatForm_signedAndConformingToItsShape() throws Exception {
    JsonNode handed = ok(vault.put(ann, CONSENT, UNDER_ONE)).body().get("consentReceipt");
    vault
        .vault()
        .db()
        .inWrite(c -> Sql.update(c, "UPDATE consent_receipt SET form = 1, address = NULL"));
    String path = "/v1/me/receipts/" + handed.get("number").longValue();
    String old = text(get(ann, path, JOSE));
    vault.restart();
    assertThat(text(get(ann, path, JOSE))).isEqualTo(old);
    JsonNode document = verified(old, "consent-receipt+jwt");
    assertThat(document.toString()).contains("ck:record-1").doesNotContain("dataSource");
    assertThat(Shapes.ofRecords().faults(graph(document))).isEmpty();
    assertThat(document.at("/status/status_list/uri").textValue())
        .isEqualTo("/v1/consent-receipts/status/0");
  }

  private String listUri(String jws) throws Exception {
    return verified(jws, "consent-receipt+jwt").at("/status/status_list/uri").textValue();
  }

  @Test
  void anErasedCustomersReceipts_areGone_andTheirNumbersAreNeverReused() throws Exception {
    long hers = number(ok(vault.put(ann, CONSENT, UNDER_ONE)).body());
    ok(vault.delete(ann, "/v1/me"));
    vault.advance(java.time.Duration.ofMinutes(2));
    String bob = vault.customer("customer_number:12347");
    long his = number(ok(vault.put(bob, CONSENT, UNDER_ONE)).body());
    assertThat(his).isGreaterThan(hers);
    assertThat(get(bob, "/v1/me/receipts/" + hers, JOSE).statusCode()).isEqualTo(404);
    byte[] list = statusList();
    assertThat(bit(list, hers)).isEqualTo(1);
    assertThat(bit(list, his)).isZero();
  }

  @Test
  void aSignal_getsAReceiptToo() throws Exception {
    ok(vault.put(ann, CONSENT, UNDER_ONE));
    vault.exchange(
        "GET",
        "/v1/me/consents",
        new byte[0],
        Map.of("Authorization", "Bearer " + ann, "Sec-GPC", "1"));
    JsonNode receipts = ok(vault.get(ann, "/v1/me/receipts")).body().get("receipts");
    assertThat(receipts.size()).isGreaterThan(1);
    String newest = "/v1/me/receipts/" + receipts.get(0).get("number").longValue();
    JsonNode document = verified(text(get(ann, newest, JOSE)), "consent-receipt+jwt");
    assertThat(document.toString()).contains("dpv:ConsentRefused", "gpc");
    assertThat(Shapes.ofRecords().faults(graph(document))).isEmpty();
  }

  @Test
  void ifThereIsANotice_aConsentMustNameItsNewestVersion_inAnExistingLanguage() {
    created(
        vault.put(olga, "/v1/notices/shop-care/2", notice().put("retention", "P1Y").toString()));
    assertThat(code(CONSENT, "")).isEqualTo("notice_needed");
    assertThat(code(CONSENT, UNDER_ONE)).isEqualTo("notice_needed");
    assertThat(code(CONSENT, "{\"notice\": \"shop-care.2\", \"language\": \"fr\"}"))
        .isEqualTo("language_needed");
    assertThat(code(CONSENT, "{\"notice\": \"shop-care.2\"}")).isEqualTo("language_needed");
    ok(vault.put(ann, CONSENT, "{\"notice\": \"shop-care.2\", \"language\": \"de-AT\"}"));
    // Neither this notice nor another covers it.
    JsonNode free = ok(vault.put(ann, "/v1/me/consents/dpv:Marketing/shop", "")).body();
    assertThat(free.has("consentReceipt")).isFalse();
  }

  /**
   * Checks that input that the shapes would refuse is refused before, with a clear problem, and
   * nothing is stored.
   */
  @Test
  void aConsentWithoutAValidRecord_isRefused_andNothingIsStored() {
    String later = vault.clock().instant().plusSeconds(60).toString();
    List<String> bodies = new ArrayList<>();
    for (String field : List.of("notice", "language", "method", "explicit", "expires")) {
      for (String value : List.of("null", "7", "\"\"", "\" \"", "[]", "{}", "[\"en\"]")) {
        bodies.add("{\"" + field + "\": " + value + "}");
      }
    }
    for (String code :
        List.of("a b", "ann@example.com", "<x>", "\\u202e", "\\n", "x".repeat(65), "é")) {
      bodies.add("{\"notice\": \"" + code + "\", \"language\": \"en\"}");
      bodies.add("{\"notice\": \"shop-care.1\", \"language\": \"" + code + "\"}");
      bodies.add(UNDER_ONE.replace("}", ", \"method\": \"" + code + "\"}"));
    }
    for (String expires :
        List.of(
            "2001-01-01T00:00:00Z", "9999-12-31", "tomorrow", "-1", "+9999999-01-01T00:00:00Z")) {
      bodies.add(UNDER_ONE.replace("}", ", \"expires\": \"" + expires + "\"}"));
    }
    bodies.add(UNDER_ONE.replace("}", ", \"at\": \"" + later + "\"}"));
    bodies.add(UNDER_ONE.replace("}", ", \"by\": \"AUTHORITY\"}"));
    bodies.add(UNDER_ONE.replace("}", ", \"status\": \"GIVEN\"}"));
    bodies.add(UNDER_ONE.replace("}", ", \"notice\": \"shop-care.1\"}"));
    bodies.add(UNDER_ONE.replace("shop-care.1", "shop-care.2"));
    bodies.add(UNDER_ONE.replace("shop-care.1", "shop-care.01"));
    bodies.add(UNDER_ONE.replace("en-GB", "fr"));
    assertThat(bodies).hasSizeGreaterThan(60);
    for (String body : bodies) {
      var answered = vault.put(ann, CONSENT, body);
      assertThat(answered.status()).as(body).isIn(400, 409);
      assertThat(answered.body().path("detail").asText()).as(body).isNotBlank();
    }
    ok(vault.put(ann, "/v1/me/consents/dpv:Marketing/shop", ""));
    assertThat(ok(vault.get(ann, "/v1/me/consents")).body().path("consents")).hasSize(1);
    assertThat(ok(vault.get(ann, "/v1/me/receipts")).body().path("receipts")).isEmpty();
  }

  /** Checks that a refusal that an app passes on has a normal record. */
  @Test
  void aForwardedSignal_getsAReceiptThatConformsToItsShape() throws Exception {
    ok(vault.put(ann, CONSENT, UNDER_ONE));
    ObjectNode wider = notice();
    wider.withArray("purposes").add("dpv:ServicePersonalisation");
    created(vault.put(olga, "/v1/notices/shop-care/2", wider.toString()));
    ok(
        vault.put(
            ann,
            "/v1/me/consents/dpv:ServicePersonalisation/shop",
            UNDER_ONE.replace("care.1", "care.2")));
    vault.advance(java.time.Duration.ofSeconds(1));
    String tcf =
        TCStringEncoder.newBuilder()
            .version(2)
            .created(vault.clock().instant())
            .lastUpdated(vault.clock().instant())
            .consentLanguage("EN")
            .publisherCC("IE")
            .tcfPolicyVersion(5)
            .encode();
    ok(
        vault.post(
            vault.token(Role.APP, "shop"),
            "/v1/customers/customer_number:17850/signals",
            "{\"tcf\": \"" + tcf + "\"}",
            Map.of()));
    JsonNode receipts = ok(vault.get(ann, "/v1/me/receipts")).body().get("receipts");
    int records = 0;
    for (JsonNode kept : receipts) {
      String path = "/v1/me/receipts/" + kept.get("number").longValue();
      JsonNode document = verified(text(get(ann, path, JOSE)), "consent-receipt+jwt");
      assertThat(Shapes.ofRecords().faults(graph(document))).as("%s", document).isEmpty();
      records += document.toString().contains("dpv:ConsentRevoked") ? 1 : 0;
    }
    assertThat(records).isGreaterThan(1);
  }

  @Test
  void aStoredNotice_neverChanges_andMissingFieldsAreNamed() {
    String same = notice().toString();
    ok(vault.put(olga, "/v1/notices/shop-care/1", same));
    String other = notice().put("retention", "P9Y").toString();
    assertThat(put("/v1/notices/shop-care/1", other)).isEqualTo("version_is_fixed");
    assertThat(put("/v1/notices/a/1", notice().put("retention", "long").toString()))
        .isEqualTo("invalid_notice");
    assertThat(put("/v1/notices/a/1", notice().put("extra", "x").toString()))
        .isEqualTo("unknown_field");
    assertThat(put("/v1/notices/a/1", same.replace("\"app\":\"shop\"", "\"app\":\"nobody\"")))
        .isEqualTo("unknown_app");
    assertThat(put("/v1/notices/a/0", same)).isEqualTo("invalid_version");
    assertThat(ok(vault.get(ann, "/v1/notices")).body().get("notices")).hasSize(1);
  }

  @Test
  void aNoticeReceipt_namesNoPerson() throws Exception {
    String receipt = text(get(ann, "/v1/notices/shop-care/1/receipt?language=de-CH", JOSE));
    JsonNode document = verified(receipt, "notice-receipt+jwt");
    assertThat(document.at("/notice/title").textValue()).isEqualTo("Wie wir Ihnen helfen");
    assertThat(document.has("dataSubject")).isFalse();
    assertThat(Shapes.ofRecords().faults(graph(document))).isEmpty();
    assertThat(get(ann, "/v1/notices/shop-care/1/receipt?language=fr", JOSE).statusCode())
        .isEqualTo(404);
  }

  private String code(String path, String body) {
    return vault.put(ann, path, body).body().path("code").asText();
  }

  private String put(String path, String body) {
    return vault.put(olga, path, body).body().path("code").asText();
  }

  private static long number(JsonNode said) {
    return said.at("/consentReceipt/number").longValue();
  }

  private HttpResponse<byte[]> get(String token, String path, String accept) {
    return vault.exchange(
        "GET", path, new byte[0], Map.of("Authorization", "Bearer " + token, "Accept", accept));
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private String anybody(String path) {
    return Signed.anybody(vault, path);
  }

  private JsonNode verified(String jws, String type) throws Exception {
    return Signed.verified(vault, jws, type);
  }

  private byte[] statusList() throws Exception {
    JsonNode claims = verified(anybody("/v1/consent-receipts/status/0"), "statuslist+jwt");
    assertThat(claims.at("/status_list/bits").intValue()).isEqualTo(1);
    byte[] compressed = Base64.getUrlDecoder().decode(claims.at("/status_list/lst").textValue());
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
      return in.readAllBytes();
    }
  }

  private static int bit(byte[] list, long number) {
    return list[(int) (number / 8)] >> (number % 8) & 1;
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
