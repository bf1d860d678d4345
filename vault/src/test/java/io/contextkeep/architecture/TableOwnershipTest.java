package io.contextkeep.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.architecture.SqlTexts.Text;
import io.contextkeep.vault.db.Schema;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The ownership of tables: SQL on a table is in the package that inserts into it. Classes of other
 * packages that read it or delete from it are listed here, each with its reason, and the list may
 * only get shorter. The test prints the owner of each table.
 */
final class TableOwnershipTest {

  /**
   * A class with SQL on tables of another package.
   *
   * @param who its simple name
   * @param tables in alphabetical order, with a space between them
   */
  private record Visit(String who, String tables, String why) {}

  private static final List<Visit> VISITS =
      List.of(
          new Visit(
              "ExpiredData",
              "attribute subject",
              "one seek for each customer and attribute: as many statements would be too slow"),
          new Visit(
              "Ledger",
              "consent_state",
              "it charges all consenting customers in the one transaction that admits a question"),
          new Visit(
              "CapsuleQuery",
              "consent_state derivation_ground identifier objection subject",
              "all facts of a decision, in one statement: the speed of a read"),
          new Visit(
              "ValidValues",
              "consent_state derivation_ground",
              "whether a value may be seen is decided with the value"));

  private static final List<Text> TEXTS =
      SqlTexts.all().stream().filter(Text::isAboutRows).toList();
  private static final Set<String> TABLES = tables();

  @Test
  void eachTable_isWrittenByOnePackage() {
    SortedMap<String, Set<String>> homes = homes();
    homes.forEach((table, home) -> System.out.println(table + " " + home + " " + classes(table)));
    assertThat(homes.keySet()).isEqualTo(TABLES);
    assertThat(homes).allSatisfy((table, home) -> assertThat(home).as(table).hasSize(1));
  }

  @Test
  void aTableOfAnotherPackage_isUsedByListedClassesOnly() {
    SortedMap<String, Set<String>> homes = homes();
    SortedMap<String, Set<String>> visits = new TreeMap<>();
    for (Text text : TEXTS) {
      for (String table : text.tables()) {
        if (TABLES.contains(table) && !homes.getOrDefault(table, Set.of()).contains(text.home())) {
          visits.computeIfAbsent(text.name(), _ -> new TreeSet<>()).add(table);
        }
      }
    }
    SortedMap<String, String> found = new TreeMap<>();
    visits.forEach((who, tables) -> found.put(who, String.join(" ", tables)));
    assertThat(found)
        .as("call the table's own package instead; remove obsolete exceptions")
        .isEqualTo(listed());
  }

  private static SortedMap<String, String> listed() {
    SortedMap<String, String> listed = new TreeMap<>();
    VISITS.forEach(visit -> listed.put(visit.who(), visit.tables()));
    return listed;
  }

  private static Set<String> classes(String table) {
    Set<String> classes = new TreeSet<>();
    TEXTS.stream()
        .filter(text -> text.tables().contains(table))
        .forEach(text -> classes.add(text.name()));
    return classes;
  }

  /**
   * Returns the packages that insert into a table; for one that a migration filled, those that use
   * it.
   */
  private static SortedMap<String, Set<String>> homes() {
    SortedMap<String, Set<String>> homes = new TreeMap<>();
    for (boolean filled : List.of(true, false)) {
      SortedMap<String, Set<String>> more = new TreeMap<>();
      for (Text text : TEXTS) {
        for (String table : filled ? text.filled() : text.tables()) {
          if (TABLES.contains(table)) {
            more.computeIfAbsent(table, _ -> new TreeSet<>()).add(text.home());
          }
        }
      }
      more.forEach(homes::putIfAbsent);
    }
    return homes;
  }

  private static Set<String> tables() {
    Set<String> tables = new TreeSet<>(SqlTexts.madeTables());
    tables.addAll(SqlTexts.madeTables(String.join("\n", Schema.migrations())));
    return tables;
  }
}
