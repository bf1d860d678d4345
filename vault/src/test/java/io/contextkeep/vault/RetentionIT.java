package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.analytics.Timing;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.policy.PolicySettings;
import io.contextkeep.vault.rights.RightsSettings;
import io.contextkeep.vault.siem.SiemSettings;
import io.contextkeep.vault.web.HttpSettings;
import io.contextkeep.vault.web.LimitSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deletion of values and events after their retention, with an entry that counts them. */
final class RetentionIT {
  private static final Duration TWO_DAYS = Duration.ofDays(2);

  @TempDir Path dir;
  private TestVault vault;

  @BeforeEach
  void start() {
    vault = TestVault.furnished(dir);
    attribute("cart", "value", 1);
    attribute("visit", "event", 1);
    attribute("order", "event", 30);
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private void attribute(String name, String kind, int days) {
    vault.register(
        "/v1/attributes/" + name,
        """
        {"kind": "%s", "facet": "behaviour", "category": "pd:Purchase", "sensitivity": "low",
         "schema": {}, "retentionDays": %d}\
        """
            .formatted(kind, days));
  }

  private void events(String name, int first, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = first; i < first + count; i++) {
      lines.append(
          """
          {"customer": {"customer_number": "%d"}, "event": "%s", "id": "%d", "observed": "%s", "value": "%s"}
          """
              .formatted(1 + i % 3, name, i, vault.observedNow(), CANARY));
    }
    String crm = vault.token(Role.SOURCE, "crm");
    Map<String, String> key = Map.of("Idempotency-Key", name + first);
    JsonNode report = ok(vault.post(crm, "/v1/ingest", lines.toString(), key)).body();
    assertThat(report.get("kept").intValue()).isEqualTo(count);
  }

  private long rows(String table, String name) {
    return vault
        .vault()
        .db()
        .<Long>inRead(
            c ->
                Sql.one(
                        c,
                        "SELECT count(*) FROM " + table + " WHERE name = ?",
                        row -> row.getLong(1),
                        name)
                    .orElseThrow());
  }

  private JsonNode entries() {
    String auditor = vault.token(Role.AUDITOR, "audrey");
    return ok(vault.get(auditor, "/v1/audit/entries?type=retention")).body().get("entries");
  }

  @Test
  void expiredData_isDeleted_andTheLogCountsIt() throws Exception {
    vault.write("1", "cart", "\"" + CANARY + "\"");
    vault.write("1", "country", "\"" + CANARY + "\"");
    events("visit", 0, 9);
    events("order", 0, 3);
    vault.letPass(TWO_DAYS);
    vault.write("2", "cart", "\"" + CANARY + "\"");
    events("visit", 9, 1);

    assertThat(vault.vault().derived().sweep()).isEqualTo(10);

    assertThat(rows("value", "cart")).isEqualTo(1);
    assertThat(rows("value", "country")).isEqualTo(1);
    assertThat(rows("event", "visit")).isEqualTo(1);
    assertThat(rows("event", "order")).isEqualTo(3);
    assertThat(entries()).hasSize(1);
    assertThat(entries().get(0).get("values").intValue()).isEqualTo(1);
    assertThat(entries().get(0).get("events").intValue()).isEqualTo(9);
  }

  /** Other writers wait for one transaction at most, so its size is bounded. */
  @Test
  void sweepTransactions_doNotGrowWithTheExpiredData() {
    events("visit", 0, 3);
    vault
        .vault()
        .db()
        .inWrite(
            c ->
                Sql.update(
                    c,
                    """
                    INSERT INTO event (subject, name, observed, id, source, batch, sealed, body)
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                    SELECT subject, name, observed, CAST(i AS BLOB), source, batch, sealed, body
                    FROM event, n WHERE name = 'visit'\
                    """));
    vault.letPass(TWO_DAYS);
    ChangesAtOnce changes = new ChangesAtOnce();
    vault.vault().db().join(changes);
    assertThat(vault.vault().derived().sweep()).isEqualTo(6_003);
    assertThat(rows("event", "visit")).isZero();
    assertThat(changes.all()).isGreaterThan(5_000);
    assertThat(changes.max()).isLessThan(1_200);
  }

  @Test
  void sweepWithoutExpiredData_writesNothing() {
    events("visit", 0, 3);
    assertThat(vault.vault().derived().sweep()).isZero();
    assertThat(entries()).isEmpty();
  }

  @Test
  void largeSweep_usesBoundedTransactions_eachWithItsEntry() {
    for (int i = 0; i < 3; i++) {
      events("visit", i * 500, 500);
    }
    vault.letPass(TWO_DAYS);
    assertThat(vault.vault().derived().sweep()).isEqualTo(1_500);
    assertThat(rows("event", "visit")).isZero();
    int counted = 0;
    for (JsonNode entry : entries()) {
      assertThat(entry.get("events").intValue()).isBetween(1, 500);
      counted += entry.get("events").intValue();
    }
    assertThat(counted).isEqualTo(1_500);
  }

  @Test
  void deletedData_isNotInTheWriteAheadLog() throws Exception {
    events("visit", 0, 3);
    List<byte[]> sealed =
        vault
            .vault()
            .db()
            .inRead(c -> Sql.query(c, "SELECT sealed FROM event", row -> row.getBytes(1)));
    assertThat(sealed).hasSize(3).allMatch(row -> Disk.holds(dir, row));
    vault.letPass(TWO_DAYS);
    vault.vault().derived().sweep();
    Disk.holdsNone(dir, sealed);
  }

  @Test
  void restrictedCustomersData_staysUntilTheRestrictionIsLifted() {
    events("visit", 0, 3);
    String one = vault.customer("customer_number:1");
    ok(vault.put(one, "/v1/me/restriction", ""));
    vault.letPass(TWO_DAYS);
    assertThat(vault.vault().derived().sweep()).isEqualTo(2);
    assertThat(rows("event", "visit")).isEqualTo(1);
    ok(vault.delete(vault.customer("customer_number:1"), "/v1/me/restriction"));
    assertThat(vault.vault().derived().sweep()).isEqualTo(1);
  }

  @Test
  void shorterRetention_appliesFromTheNextSweep() {
    events("order", 0, 3);
    vault.letPass(TWO_DAYS);
    assertThat(vault.vault().derived().sweep()).isZero();
    attribute("order", "event", 1);
    assertThat(vault.vault().derived().sweep()).isEqualTo(3);
  }

  @Test
  void runningVault_sweepsByItself() throws Exception {
    events("visit", 0, 3);
    vault.letPass(TWO_DAYS);
    vault.stop();
    Instant later = vault.clock().instant();
    VaultConfig config =
        new VaultConfig(
            new StoreSettings(dir.resolve("data"), dir.resolve("keys"), Duration.ofSeconds(10), 12),
            new WebSettings(
                HttpSettings.local(),
                URI.create("urn:contextkeep:vault"),
                LimitSettings.DEFAULT,
                Set.of()),
            PolicySettings.BUILT_IN,
            new AuditSettings(
                "urn:contextkeep:vault/audit",
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                SiemSettings.NONE),
            new IdentitySettings(List.of(), IdentifierKinds.NONE),
            new OperationsSettings(Optional.empty(), false, Duration.ofMillis(20)),
            RightsSettings.BUILT_IN,
            Timing.DEFAULT);
    try (Vault running = Vault.start(config, () -> later)) {
      while (retentions(running) == 0) {
        Thread.sleep(10);
      }
      assertThat(retentions(running)).isEqualTo(1);
    }
    vault.startAgain();
    assertThat(rows("event", "visit")).isZero();
  }

  private static long retentions(Vault vault) {
    return vault
        .db()
        .<Long>inRead(c -> LoggedEntries.count(c, entry -> entry.type().equals("retention")));
  }
}
