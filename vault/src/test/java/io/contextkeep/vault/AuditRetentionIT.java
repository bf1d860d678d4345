package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.Receipt;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.source.HttpLog;
import io.contextkeep.audit.verify.LogCheck;
import io.contextkeep.audit.verify.Report;
import io.contextkeep.audit.verify.Trust;
import io.contextkeep.vault.identity.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vault that keeps its audit log for thirty days. */
final class AuditRetentionIT {
  private static final Map<String, String> THIRTY_DAYS =
      Map.of("CONTEXTKEEP_AUDIT_RETENTION_DAYS", "30");

  @TempDir Path dir;

  @Test
  void oldEntries_arePruned_andTheirReceiptsStillVerify() throws Exception {
    try (TestVault vault = new TestVault(dir, THIRTY_DAYS)) {
      vault.furnish();
      vault.write("17850", "country", "\"" + TestVault.CANARY + "\"");
      List<Receipt> receipts = grow(vault, 600);
      vault.letPass(Duration.ofDays(31));
      grow(vault, 10);
      assertThat(vault.vault().auditLog().sweep()).isEqualTo(512);
      assertThat(vault.vault().auditLog().sweep()).isZero();
      String auditor = vault.token(Role.AUDITOR, "aud");
      JsonNode found = ok(vault.get(auditor, "/v1/audit/entries?type=prune")).body();
      assertThat(found.at("/entries/0/to").intValue()).isEqualTo(512);
      assertThat(ok(vault.get(auditor, "/v1/audit/verification")).body().path("whole").asBoolean())
          .isTrue();
      assertThat(status(vault, auditor, "/audit/tile/entries/000")).isEqualTo(404);
      assertThat(status(vault, auditor, "/audit/pruned/000")).isEqualTo(200);
      assertThat(status(vault, auditor, "/audit/pruned/002")).isEqualTo(404);
      assertProven(vault, receipts.getFirst());
      assertVerifiesOverHttp(vault, auditor);
    }
  }

  @Test
  void withoutATerm_allEntriesAreKept() {
    try (TestVault vault = new TestVault(dir)) {
      grow(vault, 600);
      vault.advance(Duration.ofDays(4_000));
      assertThat(vault.vault().auditLog().sweep()).isZero();
    }
  }

  private static void assertProven(TestVault vault, Receipt receipt) {
    HttpResponse<byte[]> proof =
        vault.exchange("GET", "/v1/receipts/" + receipt.index(), new byte[0], Map.of());
    assertThat(
            TlogProof.parse(new String(proof.body(), StandardCharsets.UTF_8))
                .verify(
                    HexFormat.of().parseHex(receipt.leafHash()),
                    TrustPolicy.of(vault.vault().log().verifiers())))
        .isInstanceOf(TlogProof.Verdict.Proven.class);
  }

  private static void assertVerifiesOverHttp(TestVault vault, String auditor) throws Exception {
    URI log = URI.create("http://127.0.0.1:" + vault.vault().port() + "/audit");
    vault.vault().log().publish();
    try (HttpClient client = HttpClient.newHttpClient()) {
      Report report =
          LogCheck.check(
              new HttpLog(client, log, Optional.of(auditor)),
              new Trust(
                  vault.vault().db().inRead(LogVerifier::vkeys),
                  Optional.empty(),
                  Optional.empty()),
              _ -> {});
      assertThat(report.problems()).isEmpty();
      assertThat(report.toString()).contains("of the entries for their age");
    }
  }

  private static int status(TestVault vault, String auditor, String path) {
    return vault
        .exchange("GET", path, new byte[0], Map.of("Authorization", "Bearer " + auditor))
        .statusCode();
  }

  private static List<Receipt> grow(TestVault vault, int entries) {
    AuditEntry entry = AuditEntry.of(EntryType.ADMIN, Map.of("actor", "olga", "action", "test"));
    return vault.vault().log().append(Collections.nCopies(entries, entry));
  }
}
