package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.Receipts;
import io.contextkeep.audit.Replay;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log's evidence that remains after an erasure, and the data that does not. */
final class ErasureProofIT {
  private static final String HER_NUMBER = "SELECT subject FROM consent_event";
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";

  private TestVault vault;
  private String ann;
  private TrustPolicy log;

  @BeforeEach
  void start(@TempDir Path dir) {
    vault = TestVault.furnished(dir);
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    vault.write("666", "country", "\"" + CANARY + "land\"");
    ann = vault.customer("customer_number:17850");
    ok(vault.put(ann, CONSENT, ""));
    List<VerifierKey> keys = new ArrayList<>();
    ok(vault.get(ann, "/v1/me/view-key"))
        .body()
        .path("log")
        .forEach(key -> keys.add(VerifierKey.parse(key.asText())));
    log = TrustPolicy.of(keys);
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  @Test
  void everyReceipt_verifiesAfterTheErasure_andNoPrivatePartIsLeft() {
    Map<Long, String> leafHashes = new TreeMap<>();
    for (int i = 0; i < 5; i++) {
      JsonNode receipt = ok(vault.ask("17850", "country")).body().path("receipt");
      leafHashes.put(receipt.path("index").longValue(), receipt.path("leafHash").asText());
    }
    vault.vault().auditLog().publish();
    Map<Long, String> before = new TreeMap<>();
    leafHashes.keySet().forEach(index -> before.put(index, receipt(index)));
    List<Long> hers = about(leafHashes.keySet().iterator().next());
    assertThat(hers).containsAll(leafHashes.keySet());

    ok(vault.delete(ann, "/v1/me"));
    vault.vault().auditLog().publish();

    assertThat(before).hasSize(5);
    before.forEach((index, old) -> assertProven(old, leafHashes.getOrDefault(index, "")));
    leafHashes.forEach((index, hash) -> assertProven(receipt(index), hash));
    assertThat(sealed()).doesNotContainAnyElementsOf(hers);
    Replay replay = vault.vault().db().inRead(c -> LogVerifier.replay(c, done -> {}));
    assertThat(replay.problems()).isEmpty();
    assertThat(replay.erased()).isEqualTo(hers.size());
    assertThat(replay.committed() - sealed().size()).isEqualTo(replay.erased());
    // The public facts stay: caller, purpose and decision.
    String auditor = vault.token(Role.AUDITOR, "audrey");
    JsonNode reads = ok(vault.get(auditor, "/v1/audit/entries?actor=shop&decision=permit")).body();
    assertThat(reads.get("entries")).hasSize(leafHashes.size());
  }

  @Test
  void aPrivatePartMissingWithoutAnErasure_isReportedAsDestroyedEvidence() {
    String auditor = vault.token(Role.AUDITOR, "audrey");
    ok(vault.delete(ann, "/v1/me"));
    assertThat(verification(auditor).path("whole").booleanValue()).isTrue();
    vault.vault().log().index();
    change("CREATE TABLE aside AS SELECT * FROM audit_sealed ORDER BY first LIMIT 1");
    change("DELETE FROM audit_sealed WHERE first = (SELECT first FROM aside)");
    JsonNode broken = verification(auditor);
    assertThat(broken.path("whole").booleanValue()).isFalse();
    assertThat(broken.path("problems").toString()).contains("evidence was destroyed");
    change("INSERT INTO audit_sealed SELECT * FROM aside");
    change("DROP TABLE aside");
    assertThat(verification(auditor).path("whole").booleanValue()).isTrue();
  }

  /**
   * Checks that only the sealed notice to the shop names the customer, until it is acknowledged.
   */
  @Test
  void noRow_hasTheCustomersNumber_andOnlyTheOpenNoticeHasTheirName() {
    ok(vault.ask("17850", "country"));
    long subject = vault.vault().db().<Long>inRead(c -> one(c, HER_NUMBER));
    vault.vault().log().index();
    assertThat(tablesWith(subject))
        .contains("subject", "identifier", "value", "audit_by_customer", "audit_sealed");
    ok(vault.delete(ann, "/v1/me"));
    vault.catchUp();
    assertThat(tablesWith(subject)).isEmpty();
    String names = "SELECT count(*) FROM erasure_notice WHERE sealed IS NOT NULL";
    assertThat(vault.vault().db().<Long>inRead(c -> one(c, names))).isEqualTo(1);

    String shop = vault.token(Role.APP, "shop");
    JsonNode sets = ok(vault.get(shop, "/v1/erasure-notices")).body().path("sets");
    ok(
        vault.post(
            shop,
            "/v1/erasure-notices/" + sets.fieldNames().next() + "/acknowledgement",
            "{\"outcome\": \"erased\"}",
            Map.of()));
    assertThat(vault.vault().db().<Long>inRead(c -> one(c, names))).isZero();
    assertThat(tablesWith(subject)).isEmpty();
  }

  /** Returns every table of the database that has the number in any column, also within bytes. */
  private List<String> tablesWith(long number) {
    return vault
        .vault()
        .db()
        .inRead(
            c -> {
              List<String> found = new ArrayList<>();
              String tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1";
              for (String table : Sql.query(c, tables, row -> row.getString(1))) {
                String columns = "SELECT name FROM pragma_table_info('" + table + "')";
                for (String column : Sql.query(c, columns, row -> row.getString(1))) {
                  String rows =
                      "SELECT count(*) FROM %1$s WHERE \"%2$s\" = %3$d"
                          + " OR typeof(\"%2$s\") = 'blob' AND instr(\"%2$s\", x'%3$016X') > 0";
                  if (!found.contains(table) && one(c, rows.formatted(table, column, number)) > 0) {
                    found.add(table);
                  }
                }
              }
              return found;
            });
  }

  private static long one(Connection c, String sql) throws SQLException {
    return Sql.one(c, sql, row -> row.getLong(1)).orElseThrow();
  }

  private JsonNode verification(String auditor) {
    return ok(vault.get(auditor, "/v1/audit/verification")).body();
  }

  private List<Long> sealed() {
    return vault.vault().db().inRead(LoggedEntries::withPrivatePart);
  }

  /** Returns all entries about the customer of an entry. */
  private List<Long> about(long entry) {
    return vault
        .vault()
        .db()
        .inRead(
            c -> {
              List<Long> about = new ArrayList<>();
              for (long index : LoggedEntries.withPrivatePart(c)) {
                if (AuditReader.subject(c, index).equals(AuditReader.subject(c, entry))) {
                  about.add(index);
                }
              }
              return about;
            });
  }

  private void change(String sql) {
    vault.vault().db().inWrite(c -> Sql.update(c, sql));
  }

  private String receipt(long index) {
    return vault.vault().db().inRead(c -> Receipts.proof(c, index)).orElseThrow().toString();
  }

  private void assertProven(String receipt, String leafHash) {
    assertThat(TlogProof.parse(receipt).verify(HexFormat.of().parseHex(leafHash), log))
        .isInstanceOf(TlogProof.Verdict.Proven.class);
  }
}
