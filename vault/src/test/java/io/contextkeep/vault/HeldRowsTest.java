package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.core.HeldRows;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows about customers that the features give to the erasure. */
final class HeldRowsTest {
  private static final SubjectId ANN = new SubjectId(1);
  private static final SubjectId BOB = new SubjectId(3);

  /** Tables with a customer's number that no feature gives to the erasure, each with the reason. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "audit_private", "of older vaults: the log moves its rows and drops it at a start",
          "audit_by_customer", "the log deletes it, with the entry that accounts for it",
          "audit_pruned_subject", "the log deletes it, as above",
          "dp_part", "it is deleted when the statistic ends, and at the next start",
          "graph_erasure", "it is deleted last, when the customer has left the graph's files");

  private Db db;

  @BeforeEach
  void open(@TempDir Path dir) {
    db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Thread::new);
  }

  @AfterEach
  void close() {
    db.close();
  }

  private record Column(String name, String type) {}

  @Test
  void noTableWithCustomersNumbers_isForgotten() {
    Set<String> claimed = new TreeSet<>(OTHERS.keySet());
    PersonalData.held().forEach(rows -> assertThat(claimed.add(rows.table())).isTrue());
    assertThat(claimed)
        .as("a feature gives the rows of its table to the erasure: see PersonalData.held")
        .isEqualTo(db.inRead(HeldRowsTest::tablesAboutCustomers));
  }

  /** The tables with a column that is called after customers, or that refers to one. */
  private static Set<String> tablesAboutCustomers(Connection c) throws SQLException {
    Set<String> found = new TreeSet<>();
    for (String table : texts(c, "SELECT name FROM sqlite_master WHERE type = 'table'")) {
      Stream<String> names = columns(c, table).stream().map(Column::name);
      if (names.anyMatch(Set.of("subject", "customer", "person")::contains)
          || references(c, table).contains("subject")) {
        found.add(table);
      }
    }
    return found;
  }

  /** Otherwise each transaction of an erasure would read the rows of all customers. */
  @Test
  void eachTable_isSearchedByAnIndex_andNeverReadWhole() {
    for (HeldRows rows : PersonalData.held()) {
      List<String> plan =
          db.inRead(
              c ->
                  Sql.query(
                      c,
                      "EXPLAIN QUERY PLAN " + rows.select(),
                      row -> row.getString("detail"),
                      1,
                      250));
      assertThat(plan).as(rows.select()).isNotEmpty().allMatch(step -> step.startsWith("SEARCH"));
    }
  }

  /** Otherwise rows would go with others, uncounted and without a bound. */
  @Test
  void rowsThatReferToOthers_goBeforeThem_andIdentifiersGoLast() {
    List<String> order = PersonalData.held().stream().map(HeldRows::table).toList();
    for (String table : order) {
      Set<String> references = db.inRead(c -> references(c, table));
      assertThat(order.subList(0, order.indexOf(table)))
          .as("tables before " + table)
          .noneMatch(references::contains);
    }
    assertThat(order).last().isEqualTo("identifier");
  }

  @Test
  void eachStep_deletesNoMoreThanItsLimit_andOnlyTheCustomersRows() {
    db.<Integer>inWrite(
        c -> {
          fill(c, "subject", 1, "id", ANN);
          fill(c, "subject", 1, "id", BOB);
          for (HeldRows rows : PersonalData.held().reversed()) {
            fill(c, rows.table(), 3, "subject", ANN);
            fill(c, rows.table(), 1, "subject", BOB);
          }
          return 0;
        });
    for (HeldRows rows : PersonalData.held()) {
      for (int expected : List.of(2, 1, 0)) {
        assertThat(db.<Integer>inWrite(c -> rows.delete(c, ANN, 2)))
            .as(rows.table())
            .isEqualTo(expected);
      }
    }
    for (HeldRows rows : PersonalData.held()) {
      String count = "SELECT count(*) FROM " + rows.table() + " WHERE subject = ";
      assertThat(db.<Long>inRead(c -> Sql.number(c, count + ANN.value()))).isZero();
      assertThat(db.<Long>inRead(c -> Sql.number(c, count + BOB.value()))).isEqualTo(1);
    }
  }

  /** Adds rows of a customer, which refer to the rows of the same numbers in other tables. */
  private static void fill(Connection c, String table, int rows, String owner, SubjectId customer)
      throws SQLException {
    List<Column> columns = columns(c, table);
    String insert =
        columns.stream()
            .map(column -> "?")
            .collect(Collectors.joining(", ", "INSERT INTO " + table + " VALUES (", ")"));
    for (int i = 1; i <= rows; i++) {
      long number = customer.value() * 10 + i;
      Sql.update(
          c,
          insert,
          columns.stream()
              .map(column -> column.name().equals(owner) ? customer.value() : of(column, number))
              .toArray());
    }
  }

  private static Object of(Column column, long number) {
    if (column.name().equals("closed")) {
      return 1;
    }
    return switch (column.type()) {
      case "INTEGER" -> number;
      case "TEXT" -> "t" + number;
      default -> ("b" + number).getBytes(StandardCharsets.US_ASCII);
    };
  }

  private static List<Column> columns(Connection c, String table) throws SQLException {
    return Sql.query(
        c,
        "SELECT name, type FROM pragma_table_info(?) ORDER BY cid",
        row -> new Column(row.getString(1), row.getString(2)),
        table);
  }

  private static Set<String> references(Connection c, String table) throws SQLException {
    return new TreeSet<>(texts(c, "SELECT \"table\" FROM pragma_foreign_key_list(?)", table));
  }

  private static List<String> texts(Connection c, String sql, Object... args) throws SQLException {
    return Sql.query(c, sql, row -> row.getString(1), args);
  }
}
