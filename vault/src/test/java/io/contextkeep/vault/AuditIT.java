package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.Jcs;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.source.DirectoryLog;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.verify.LogCheck;
import io.contextkeep.audit.verify.Report;
import io.contextkeep.audit.verify.Trust;
import io.contextkeep.vault.identity.Role;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.StringReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.vocabulary.RDF;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The auditors' API, and the record of its use. */
final class AuditIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HexFormat HEX = HexFormat.of();

  private TestVault vault;
  private String ann;
  private String auditor;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    ann = vault.customer("customer_number:17850");
    auditor = vault.token(Role.AUDITOR, "aud");
    vault.write("17850", "country", "\"" + CANARY + "\"");
    vault.ask("17850", "country");
    ok(vault.put(ann, CONSENT, ""));
    ok(vault.ask("17850", "country"));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void entries_areFoundByAllTheirFacts() {
    JsonNode refused = one("decision=refuse");
    for (String condition :
        List.of(
            "type=refuse",
            "reason=NO_CONSENT",
            "basis=eu-gdpr:A6-1-a&decision=refuse&role=app",
            "policy=" + refused.path("policy").asText() + "&type=refuse",
            "purpose=dpv:ServicePersonalisation&decision=refuse",
            "request=" + refused.path("request").asText())) {
      assertThat(one(condition)).as(condition).isEqualTo(refused);
    }
    assertThat(entries("request=" + refused.path("request").asText() + "&actor=crm")).isEmpty();
    assertThat(refused.path("receipt").asText())
        .isEqualTo("/v1/receipts/" + refused.path("index").asText());
  }

  @Test
  void everyHit_hasAProofThatVerifiesForItsEntry() throws Exception {
    TrustPolicy trust = TrustPolicy.of(vault.vault().db().inRead(LogVerifier::vkeys));
    JsonNode hits = entries("actor=shop&proofs=true");
    assertThat(hits).hasSize(2);
    for (JsonNode hit : hits) {
      TreeMap<String, Object> leaf = new TreeMap<>();
      ((ObjectNode) hit.deepCopy())
          .without(List.of("index", "leafHash", "receipt", "proof"))
          .properties()
          .forEach(member -> leaf.put(member.getKey(), plain(member.getValue())));
      byte[] hash = Hashes.leaf(Jcs.bytes(leaf));
      assertThat(HEX.formatHex(hash)).isEqualTo(hit.path("leafHash").asText());
      TlogProof proof = TlogProof.parse(hit.path("proof").asText());
      assertThat(proof.index()).isEqualTo(hit.path("index").longValue());
      assertThat(proof.verify(hash, trust)).isInstanceOf(TlogProof.Verdict.Proven.class);
    }
    assertThat(vault.get(auditor, "/v1/audit/entries?proofs=true&limit=101").status())
        .isEqualTo(400);
  }

  @Test
  void aCustomer_seesAuditorsViews_withoutTheirNames() {
    assertThat(entries("customer=customer_number:17850&type=read")).hasSize(1);
    JsonNode look = ok(vault.get(ann, "/v1/me/accesses")).body().path("accesses").get(1);
    assertThat(look.path("type").asText()).isEqualTo("audit-view");
    assertThat(look.path("action").asText()).isEqualTo("entries-of-customer");
    assertThat(look.path("actor").asText()).isEqualTo("auditor");
    assertThat(look.path("filters").toString()).isEqualTo("[\"type\",\"customer\"]");
    assertThat(look.toString()).doesNotContain("aud\"");
    assertThat(entries("customer=customer_number:absent")).isEmpty();
  }

  @Test
  void refusals_areCountedByPurposeAndTime() {
    vault.advance(Duration.ofDays(2));
    auditor = vault.token(Role.AUDITOR, "aud");
    vault.ask("404", "country");
    vault.ask("405", "country");
    JsonNode groups =
        ok(vault.get(auditor, "/v1/audit/summary?by=purpose,reason&bucket=day&decision=refuse"))
            .body()
            .path("groups");
    assertThat(groups.findValuesAsText("purpose")).containsOnly("dpv:ServicePersonalisation");
    assertThat(groups.findValuesAsText("start")).hasSizeGreaterThan(1);
    int unknown = 0;
    for (JsonNode group : groups) {
      unknown +=
          group.path("reason").asText().equals("SUBJECT_UNKNOWN")
              ? group.path("entries").intValue()
              : 0;
    }
    assertThat(unknown).isEqualTo(2);
    JsonNode all = ok(vault.get(auditor, "/v1/audit/summary?by=type&bucket=all&actor=shop")).body();
    assertThat(all.path("groups").toString())
        .isEqualTo("[{\"type\":\"read\",\"entries\":1},{\"type\":\"refuse\",\"entries\":3}]");
    assertThat(vault.get(auditor, "/v1/audit/summary?by=colour").status()).isEqualTo(400);
    assertThat(vault.get(auditor, "/v1/audit/summary?customer=customer_number:17850").status())
        .isEqualTo(400);
  }

  @Test
  void theCheck_reportsItsProgress_andItsResult() throws Exception {
    for (int i = 0; i < 3; i++) {
      grow(5_000);
    }
    String[] lines = text(sent("/v1/audit/verification", "application/x-ndjson")).split("\n");
    assertThat(lines).hasSize(2);
    assertThat(JSON.readTree(lines[0]).path("checked").longValue()).isBetween(10_000L, 15_000L);
    JsonNode found = JSON.readTree(lines[1]);
    assertThat(found.path("whole").booleanValue()).as(lines[1]).isTrue();
    assertThat(found.path("size").longValue()).isGreaterThan(15_000);
  }

  @Test
  void theWholeLog_isExportedAsLines_withTheHashedBytes() throws Exception {
    grow(1_100);
    String[] lines = text(sent("/v1/audit/export", "*/*")).split("\n");
    for (int i = 0; i < lines.length; i++) {
      JsonNode line = JSON.readTree(lines[i]);
      assertThat(line.path("index").intValue()).isEqualTo(i);
      String leaf = lines[i].substring(lines[i].indexOf("\"entry\":") + 8, lines[i].length() - 1);
      assertThat(HEX.formatHex(Hashes.leaf(leaf.getBytes(StandardCharsets.UTF_8))))
          .isEqualTo(line.path("leafHash").asText());
    }
    assertThat(lines).hasSizeGreaterThan(1_100);
    assertThat(lines[lines.length - 1]).contains("\"action\":\"export-ndjson\"");
    assertThat(text(sent("/v1/audit/export?decision=refuse", "*/*")).split("\n")).hasSize(1);
  }

  @Test
  void everyEntry_isAValidOcsfEvent_ofTheNamedVersion() throws Exception {
    try (InputStream text =
        Objects.requireNonNull(
            AuditIT.class.getResourceAsStream("/ocsf/datastore-activity-1.6.0.json"))) {
      var schema =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(JSON.readTree(text));
      String[] lines = text(sent("/v1/audit/export?format=ocsf", "*/*")).split("\n");
      assertThat(lines).hasSizeGreaterThan(10);
      for (String line : lines) {
        assertThat(schema.validate(JSON.readTree(line))).as(line).isEmpty();
      }
      String earlier = lines[0].replace("\"version\":\"1.6.0\"", "\"version\":\"1.4.0\"");
      assertThat(schema.validate(JSON.readTree(earlier))).isNotEmpty();
    }
  }

  @Test
  void anExport_isAvailableAsOcsfCsvAndProvO() throws Exception {
    JsonNode event =
        JSON.readTree(text(sent("/v1/audit/export?format=ocsf&decision=refuse", "*/*")));
    assertThat(event.path("class_uid").intValue()).isEqualTo(6_005);
    assertThat(event.at("/contextkeep/purpose").asText()).isEqualTo("dpv:ServicePersonalisation");
    List<CSVRecord> rows =
        CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get()
            .parse(new StringReader(text(sent("/v1/audit/export?actor=shop", "text/csv"))))
            .getRecords();
    assertThat(rows).hasSize(2);
    assertThat(rows.getFirst().get("reasons")).contains("NO_CONSENT");
    assertThat(rows.getLast().get("type")).isEqualTo("read");
    Model trail = ModelFactory.createDefaultModel();
    byte[] turtle = sent("/v1/audit/export?actor=shop", "text/turtle").body();
    RDFDataMgr.read(trail, new ByteArrayInputStream(turtle), Lang.TURTLE);
    assertThat(
            trail
                .listSubjectsWithProperty(
                    RDF.type, trail.createResource("http://www.w3.org/ns/prov#Activity"))
                .toList())
        .hasSize(2);
    assertThat(entries("type=audit-view").findValuesAsText("action"))
        .contains("export-ocsf", "export-csv", "export-prov");
  }

  @Test
  void theUnpackedEvidenceBundle_verifies(@TempDir Path unpacked) throws Exception {
    grow(600);
    byte[] zip = sent("/v1/audit/export", "application/zip").body();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Path file = unpacked.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.write(file, in.readAllBytes());
      }
    }
    Report report =
        LogCheck.check(
            new DirectoryLog(unpacked),
            new Trust(
                vault.vault().db().inRead(LogVerifier::vkeys), Optional.empty(), Optional.empty()),
            _ -> {});
    assertThat(report.problems()).isEmpty();
    assertThat(report.toString()).contains("parts committed to", "trusted      a key");
    assertThat(sent("/v1/audit/export?format=bundle&actor=shop", "*/*").statusCode())
        .isEqualTo(400);
    assertThat(sent("/v1/audit/export?format=csv", "application/zip").statusCode()).isEqualTo(406);
  }

  @Test
  void anExportThatIsNotRead_isAborted_andOthersProceed() throws Exception {
    grow(30_000);
    for (int i = 0; i < 6; i++) {
      try (Socket socket = new Socket("127.0.0.1", vault.vault().port())) {
        socket
            .getOutputStream()
            .write(
                ("GET /v1/audit/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                        + auditor
                        + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
    }
    assertThat(text(sent("/v1/audit/export?actor=shop", "*/*")).split("\n")).hasSize(2);
  }

  /** Adds entries that concern no customer. */
  private void grow(int entries) {
    AuditEntry entry = AuditEntry.of(EntryType.ADMIN, Map.of("actor", "olga", "action", "test"));
    vault.vault().log().append(Collections.nCopies(entries, entry));
  }

  private HttpResponse<byte[]> sent(String path, String accept) {
    return vault.exchange(
        "GET", path, new byte[0], Map.of("Authorization", "Bearer " + auditor, "Accept", accept));
  }

  private static String text(HttpResponse<byte[]> response) {
    assertThat(response.statusCode()).isEqualTo(200);
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private JsonNode one(String condition) {
    JsonNode found = entries(condition);
    assertThat(found).as(condition).hasSize(1);
    return found.get(0);
  }

  private JsonNode entries(String condition) {
    return ok(vault.get(auditor, "/v1/audit/entries?" + condition)).body().path("entries");
  }

  private static Object plain(JsonNode value) {
    return switch (value.getNodeType()) {
      case NUMBER -> value.longValue();
      case BOOLEAN -> value.booleanValue();
      case ARRAY -> value.valueStream().map(AuditIT::plain).toList();
      default -> value.textValue();
    };
  }
}
