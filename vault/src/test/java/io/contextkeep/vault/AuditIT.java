package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.Jcs;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What auditors can do, and that it is seen. */
final class AuditIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final HexFormat HEX = HexFormat.of();

  private TestVault vault;
  private String ann;
  private String auditor;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = new TestVault(dir);
    vault.furnish();
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
  void entries_areFoundByEverythingThatTheySay() {
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
  void everyHit_comesWithAProof_thatHoldsForItsOwnWords() throws Exception {
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
  void aCustomer_seesThatAnAuditorLooked_butNotWho() {
    assertThat(entries("customer=customer_number:17850&type=read")).hasSize(1);
    JsonNode look = ok(vault.get(ann, "/v1/me/accesses")).body().path("accesses").get(1);
    assertThat(look.path("type").asText()).isEqualTo("audit-view");
    assertThat(look.path("action").asText()).isEqualTo("entries-of-customer");
    assertThat(look.path("actor").asText()).isEqualTo("auditor");
    assertThat(look.path("filters").toString()).isEqualTo("[\"type\",\"customer\"]");
    assertThat(look.toString()).doesNotContain("aud\"");
    assertThat(entries("customer=customer_number:nobody")).isEmpty();
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
