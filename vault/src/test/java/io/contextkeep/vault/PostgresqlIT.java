package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.architecture.SqlTexts;
import io.contextkeep.architecture.SqlTexts.Text;
import io.contextkeep.audit.witness.Witness;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real PostgreSQL with the vault's tables, which prepares each of its statements: it parses them,
 * finds every table, column and function, and infers the type of every parameter. {@code
 * .ci/interop/postgresql} runs it; no statement is executed, so equal results are not tested.
 */
@EnabledIfSystemProperty(
    named = "contextkeep.postgresql",
    matches = "true",
    disabledReason = "it starts a PostgreSQL: .ci/interop/postgresql does that")
final class PostgresqlIT {
  private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** The tables of a log in its former form, which only SQLite files have. */
  private static final Pattern FORMER_LOG = Pattern.compile("\\baudit_(leaf|private)\\b");

  @TempDir static Path dir;
  private static EmbeddedPostgres server;
  private static Connection postgres;

  @BeforeAll
  static void makeTheTables() throws IOException, SQLException {
    server = EmbeddedPostgres.builder().setLocaleConfig("locale", "C").start();
    postgres = server.getPostgresDatabase().getConnection();
    for (Path file : databases()) {
      for (String sql : PostgresSchema.of(file)) {
        try (Statement statement = postgres.createStatement()) {
          statement.execute(sql);
        } catch (SQLException e) {
          throw new SQLException("PostgreSQL does not take " + sql, e);
        }
      }
    }
  }

  @AfterAll
  static void stop() throws IOException, SQLException {
    if (postgres != null) {
      postgres.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void everyTable_isCreated() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = postgres.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    Set<String> made = SqlTexts.madeTables();
    made.removeIf(table -> FORMER_LOG.matcher(table).find());
    assertThat(tables)
        .containsAll(made)
        .contains("consent_event", "value", "audit_group", "data_key", "map_state");
  }

  @Test
  void everyStatement_isPrepared() throws SQLException {
    List<Text> statements =
        SqlTexts.all().stream()
            .filter(Text::isAboutRows)
            .filter(text -> !text.isSqlites())
            .filter(text -> !FORMER_LOG.matcher(text.sql()).find())
            .toList();
    List<String> refused = new ArrayList<>();
    for (Text text : statements) {
      try (PreparedStatement statement = postgres.prepareStatement(text.sql())) {
        statement.getParameterMetaData();
        statement.getMetaData();
      } catch (SQLException e) {
        refused.add(text + "\n    " + e.getMessage());
      }
    }
    assertThat(refused).isEmpty();
    assertThat(statements).hasSizeGreaterThan(250);
    System.out.println(
        "PostgreSQL "
            + postgres.getMetaData().getDatabaseProductVersion()
            + " prepares "
            + statements.size()
            + " statements of the vault");
  }

  /** Checks that an unknown statement is refused, so that the other test can fail. */
  @Test
  void sqliteOnlySyntax_isRefused() {
    for (String sql :
        List.of(
            "INSERT OR IGNORE INTO subject (id) VALUES (?)",
            "SELECT version FROM notice WHERE ? IS NULL",
            "SELECT id, max(version), json FROM notice GROUP BY id")) {
      assertThat(isPrepared(sql)).as(sql).isFalse();
    }
    assertThat(isPrepared("SELECT id FROM subject WHERE id = ?")).isTrue();
  }

  private static boolean isPrepared(String sql) {
    try (PreparedStatement statement = postgres.prepareStatement(sql)) {
      statement.getParameterMetaData();
      return true;
    } catch (SQLException refused) {
      return false;
    }
  }

  /** Returns the files of a started vault, and of a witness. */
  private static List<Path> databases() throws IOException, SQLException {
    Path files = dir.resolve("vault");
    new TestVault(files).close();
    List<Path> databases = new ArrayList<>(List.of(witness()));
    try (Stream<Path> all = Files.walk(files)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (isSqlite(file)) {
          databases.add(file);
        }
      }
    }
    return databases;
  }

  private static Path witness() throws SQLException {
    Path file = dir.resolve("witness.db");
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = c.createStatement()) {
      statement.executeUpdate(Witness.schema());
    }
    return file;
  }

  private static boolean isSqlite(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(SQLITE.length), SQLITE);
    }
  }
}
