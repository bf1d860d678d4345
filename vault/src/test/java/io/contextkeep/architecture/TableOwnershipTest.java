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
 * SQL on a table stands in one package: the one that puts rows into it. Classes of other packages
 * that read it or delete from it are listed here, each with its reason, and the list may only get
 * shorter. The test prints whose each table is.
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
              "Affected", "event subject value", "it goes through everybody's rows, page by page"),
          new Visit(
              "Backup", "data_key shredded subject", "it compares the copies of two databases"),
          new Visit("Cases", "rights_agent_request", "what goes with a case"),
          new Visit(
              "CohortQuery",
              "consent_state derivation_ground event objection subject",
              "a page of customers in one snapshot"),
          new Visit("ConsentLedger", "subject", "the graph skips who is being erased"),
          new Visit("ContextStore", "event identifier", "one snapshot for a read"),
          new Visit(
              "Derivations",
              "consent_state event subject value",
              "whether a derived value still stands"),
          new Visit(
              "Deriving",
              "consent_event consent_state",
              "whether a consent that a value rests on stood then"),
          new Visit("DisputedValues", "subject", "one page without who is being erased"),
          new Visit(
              "Erasure",
              "consent_event consent_receipt consent_state derivation "
                  + "derivation_ground derivation_input dp_customer event identifier "
                  + "no_event objection rights_subject signal source_value subject "
                  + "unlinked_identifier value",
              "it deletes a bounded number of any feature's rows in one transaction"),
          new Visit("GraphErasures", "subject", "who is erased and not only about to be"),
          new Visit(
              "HeldCount",
              "consent_state derivation_ground event",
              "what stands of what is held, counted in one statement"),
          new Visit(
              "Ledger", "consent_state", "it charges everybody who consented in one statement"),
          new Visit(
              "LineageReader",
              "batch consent_state derivation_ground event value",
              "one snapshot of where a value came from"),
          new Visit("ProcessingRecords", "consent_state dp_budget", "it counts over all customers"),
          new Visit(
              "Removals",
              "attribute event source_value value",
              "it counts what is held before it goes"),
          new Visit(
              "Retention",
              "attribute event source_value subject value",
              "one seek for each customer and attribute"),
          new Visit(
              "SnapshotQuery",
              "consent_state derivation_ground identifier objection subject",
              "all that a decision depends on, in one statement"),
          new Visit(
              "StateAsOf", "batch event value", "what was held at an instant, in one statement"));

  private static final List<Text> TEXTS =
      SqlTexts.all().stream().filter(Text::isAboutRows).toList();
  private static final Set<String> TABLES = tables();

  @Test
  void eachTable_isFilledByOnePackage() {
    SortedMap<String, Set<String>> homes = homes();
    homes.forEach((table, home) -> System.out.println(table + " " + home + " " + classes(table)));
    assertThat(homes.keySet()).isEqualTo(TABLES);
    assertThat(homes).allSatisfy((table, home) -> assertThat(home).as(table).hasSize(1));
  }

  @Test
  void aTableOfAnotherPackage_isUsedByThoseWhoAreListed_andNobodyElse() {
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
        .as("ask the table's own package instead; what is listed and found no more goes")
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

  /** The packages that put rows into a table; of one that a migration filled, those that use it. */
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
