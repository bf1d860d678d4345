package io.contextkeep.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.architecture.SqlTexts.Text;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The portability of the vault's statements, which SQLite and PostgreSQL both accept. SQLite-only
 * statements are in the package {@code db}. {@code PostgresqlIT} has PostgreSQL prepare them all;
 * this test is quicker and needs no PostgreSQL.
 */
final class SqlTest {
  private static final List<Text> ALL = SqlTexts.all();

  @Test
  void everyStatement_isOneConstant() {
    assertThat(ALL).hasSizeGreaterThan(250);
    assertThat(ALL.stream().filter(text -> !text.isSqlites()).filter(Text::isPiece))
        .as("fragments of statements that are composed at run time")
        .isEmpty();
  }

  @Test
  void sqliteOnlyStatements_areInTheDatabasePackageOnly() {
    assertThat(
            ALL.stream()
                .filter(Text::isSqlites)
                .filter(text -> !text.isOf("io.contextkeep.vault.db")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM \u0001",
        "SELECT %s FROM t",
        "\u0001 ORDER BY n \u0001 LIMIT ?",
        " AND n = ?",
        " WHERE n IN (SELECT n FROM u)"
      })
  void aFragmentOfAStatement_isRecognised(String sql) {
    assertThat(new Text("io.contextkeep.Any", sql).isPiece()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT OR IGNORE INTO t VALUES (?)",
        "SELECT last_insert_rowid()",
        "SELECT n FROM t ORDER BY rowid",
        "SELECT seq FROM sqlite_sequence",
        "SELECT n FROM t WHERE n = ?1",
        "SELECT n FROM t WHERE ? IS NULL OR n = ?",
        "SELECT ifnull(n, 0) FROM t",
        "SELECT n FROM t WHERE name = \"a\"",
        "SELECT t.n FROM t CROSS JOIN u ON u.n = t.n",
        "SELECT t.n FROM t CROSS JOIN u v ON v.n = t.n",
        "INSERT INTO t (n) VALUES (?) ON CONFLICT DO UPDATE SET n = 1",
        "SELECT max(n, 0) FROM t",
        "PRAGMA user_version"
      })
  void sqliteOnlySyntax_isRecognised(String sql) {
    assertThat(sql).containsPattern(SqlTexts.ONLY_SQLITE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT coalesce(max(n), 0) FROM t WHERE at <= ? ORDER BY n LIMIT ?",
        "SELECT time, format FROM t CROSS JOIN u WHERE u.n = t.n",
        "INSERT INTO t (n) VALUES (?) ON CONFLICT (n) DO UPDATE SET n = excluded.n RETURNING n"
      })
  void portableSyntax_isAccepted(String sql) {
    assertThat(sql).doesNotContainPattern(SqlTexts.ONLY_SQLITE);
  }
}
