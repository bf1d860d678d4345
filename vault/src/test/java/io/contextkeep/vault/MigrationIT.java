package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.created;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of an older version, opened by the current vault. The rows are those of the older
 * version: its tables, made by its own migrations, with its own columns only.
 */
final class MigrationIT {
  private static final int OLDER = 12;
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";
  private static final List<String> CUSTOMERS = List.of("1", "2", "3", "4", "5");

  @TempDir private Path dir;
  private TestVault vault;
  private final Map<String, JsonNode> consents = new HashMap<>();

  @BeforeEach
  void aVaultWithFilesOfAnOlderVersion() {
    vault = TestVault.furnished(dir);
    for (String number : CUSTOMERS) {
      ingest(number, "\"attribute\": \"country\", \"value\": \"land " + number + "\"");
      ingest(number, "\"event\": \"purchase\", \"id\": \"p1\", \"value\": {\"amount\": 7}");
      ok(vault.put(customer(number), CONSENT, ""));
    }
    ok(vault.delete(customer("2"), CONSENT));
    ok(vault.put(customer("3"), "/v1/me/objections/dpv:ServicePersonalisation", ""));
    ok(vault.put(customer("4"), "/v1/me/restriction", ""));
    created(vault.post(customer("5"), "/v1/me/requests", "{\"right\": \"access\"}", Map.of()));
    for (String number : CUSTOMERS) {
      consents.put(number, consents(number));
    }
    vault.catchUp();
    vault.whileStopped(this::makeOlder);
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private void ingest(String number, String what) {
    String line =
        "{\"customer\": {\"customer_number\": \"%s\", \"email\": \"c%s@example.com\"}, %s,"
            + " \"observed\": \"%s\"}";
    JsonNode report =
        ok(vault.post(
                vault.token(Role.SOURCE, "crm"),
                "/v1/ingest",
                line.formatted(number, number, what, vault.observedNow()),
                Map.of("Idempotency-Key", number + what.hashCode())))
            .body();
    assertThat(report.path("kept").asInt()).as("%s", report).isEqualTo(1);
  }

  private String customer(String number) {
    return vault.customer("customer_number:" + number);
  }

  private JsonNode consents(String number) {
    return ok(vault.get(customer(number), "/v1/me/consents")).body();
  }

  private void makeOlder() {
    Path file = dir.resolve("data/vault.db");
    Path today = dir.resolve("today.db");
    try {
      Files.move(file, today);
      Files.deleteIfExists(dir.resolve("data/vault.db-wal"));
      Files.deleteIfExists(dir.resolve("data/vault.db-shm"));
      Db.open(file, Schema.migrations().subList(0, OLDER), Thread::new).close();
      copy(file, today);
      Files.delete(today);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void copy(Path file, Path today) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = c.createStatement()) {
      statement.execute("ATTACH '" + today + "' AS today");
      for (String table :
          Sql.query(
              c,
              "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE"
                  + " 'sqlite%'",
              row -> row.getString(1))) {
        if (!FormerEntries.TABLES.contains(table)) {
          String columns = String.join(", ", columnsOfBoth(c, table));
          statement.execute(
              "INSERT INTO main.%s (%s) SELECT %s FROM today.%s"
                  .formatted(table, columns, columns, table));
        }
      }
      statement.execute("DETACH today");
    }
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
        Connection from = DriverManager.getConnection("jdbc:sqlite:" + today)) {
      c.setAutoCommit(false);
      FormerEntries.write(from, c);
      c.commit();
    }
  }

  /** A dropped column is empty, as in a table without rows. */
  private static List<String> columnsOfBoth(Connection c, String table) throws SQLException {
    return Sql.query(
        c,
        """
        SELECT name FROM pragma_table_info(?, 'main')
        WHERE name IN (SELECT name FROM pragma_table_info(?, 'today'))\
        """,
        row -> row.getString(1),
        table,
        table);
  }

  @Test
  void everyCustomer_isFoundByEachIdentifier_withTheSameConsents() {
    for (String number : CUSTOMERS) {
      ok(vault.get(customer(number), "/v1/me"));
      ok(vault.get(vault.customer("email:c" + number + "@example.com"), "/v1/me"));
      assertThat(consents(number)).as(number).isEqualTo(consents.get(number));
    }
  }

  @Test
  void appsAreAnswered_byConsent_asBefore() {
    JsonNode values = ok(vault.ask("1", "country,purchase")).body();
    assertThat(values.at("/values/country/value").asText()).isEqualTo("land 1");
    assertThat(values.at("/values/purchase/0/value/amount").asInt()).as("%s", values).isEqualTo(7);
    for (String number : List.of("2", "3", "4")) {
      assertThat(vault.ask(number, "country").status()).as(number).isEqualTo(403);
    }
    ok(vault.ask("5", "country"));
    ok(vault.delete(customer("5"), CONSENT));
    assertThat(vault.ask("5", "country").status()).isEqualTo(403);
    ok(vault.put(customer("2"), CONSENT, ""));
    ok(vault.ask("2", "country"));
  }

  @Test
  void linksAreListed_eachWithItsOwnId_andSourcesCanWrite() {
    Set<String> ids = new HashSet<>();
    for (String number : CUSTOMERS) {
      JsonNode links = ok(vault.get(customer(number), "/v1/me/identifiers")).body();
      assertThat(links.path("identifiers").findValuesAsText("kind"))
          .containsExactlyInAnyOrder("customer_number", "email");
      ids.addAll(links.path("identifiers").findValuesAsText("id"));
    }
    assertThat(ids).hasSize(2 * CUSTOMERS.size()).doesNotContain("");
    vault.write("1", "country", "\"another\"");
    assertThat(ok(vault.ask("1", "country")).body().at("/values/country/value").asText())
        .isEqualTo("another");
  }

  @Test
  void theMigratedFile_isConsistent_andHasTheCurrentSchema() throws Exception {
    Path fresh = dir.resolve("fresh.db");
    Db.open(fresh, Schema.migrations(), Thread::new).close();
    List<String> expected;
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + fresh)) {
      expected = new ArrayList<>(schema(c));
    }
    // The log moves its entries out of these when it is opened first, and takes them away.
    expected.removeIf(sql -> sql.matches("(?s).*audit_(leaf|private)\\b.*"));
    vault
        .vault()
        .db()
        .inRead(
            c -> {
              assertThat(schema(c)).isEqualTo(expected);
              assertThat(Sql.one(c, "PRAGMA user_version", row -> row.getInt(1)))
                  .contains(Schema.migrations().size());
              assertThat(Sql.query(c, "PRAGMA integrity_check", row -> row.getString(1)))
                  .containsExactly("ok");
              assertThat(Sql.query(c, "PRAGMA foreign_key_check", row -> row.getString(1)))
                  .isEmpty();
              assertThat(count(c, "rights_subject WHERE closed = 0")).isEqualTo(1);
              assertThat(count(c, "clock")).isEqualTo(1);
              return 0;
            });
  }

  private static List<String> schema(Connection c) throws SQLException {
    return Sql.query(
        c, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY sql", r -> r.getString(1));
  }

  private static long count(Connection c, String what) throws SQLException {
    return Sql.one(c, "SELECT count(*) FROM " + what, row -> row.getLong(1)).orElseThrow();
  }
}
