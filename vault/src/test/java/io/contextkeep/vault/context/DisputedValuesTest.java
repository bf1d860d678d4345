package io.contextkeep.vault.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.DisputedValues.Disputed;
import io.contextkeep.vault.context.DisputedValues.Page;
import io.contextkeep.vault.context.DisputedValues.Place;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages of disputed values, each of which reads a bounded number of rows. */
final class DisputedValuesTest {
  private Db db;

  @BeforeEach
  void open(@TempDir Path dir) {
    db =
        Db.open(
            dir.resolve("vault.db"), Schema.migrations(), Thread.ofPlatform().daemon().factory());
  }

  @AfterEach
  void close() {
    db.close();
  }

  /** Adds customers 1 to {@code many}, each with a source's value beside the one in force. */
  private void customers(int many) {
    db.<Integer>inWrite(
        c -> {
          Sql.update(
              c,
              """
              WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
              INSERT INTO subject (id, restricted, erasing) SELECT i, 0, 0 FROM n\
              """,
              many);
          return Sql.update(
              c,
              """
              INSERT INTO source_value (subject, name, source, version, observed, batch, sealed)
              SELECT id, 'country', 'crm', 2, 2000, 'b', x'00' FROM subject\
              """);
        });
  }

  private void correction(long customer) {
    db.<Integer>inWrite(
        c ->
            Sql.update(
                c,
                """
                INSERT INTO value (subject, name, version, observed, source, batch, sealed, clauses)
                VALUES (?, 'country', 1, 1000, ?, 'b', x'00', 0)\
                """,
                customer,
                Customers.SOURCE));
  }

  private static Place place(long customer) {
    return new Place(new SubjectId(customer), "country", "crm");
  }

  private static List<Long> customers(Page page) {
    return page.found().stream().map(Disputed::place).map(one -> one.subject().value()).toList();
  }

  @Test
  void page_readsNoMoreRowsThanItsBound_andTheNextBeginsAfterThem() {
    customers(DisputedValues.SCANNED + 1);
    correction(DisputedValues.SCANNED + 1);
    Page first = db.inRead(c -> DisputedValues.page(c, Optional.empty(), 10));
    assertThat(first.found()).isEmpty();
    assertThat(first.next()).contains(place(DisputedValues.SCANNED));
    Page second = db.inRead(c -> DisputedValues.page(c, first.next(), 10));
    assertThat(customers(second)).containsExactly(DisputedValues.SCANNED + 1L);
    assertThat(second.next()).isEmpty();
  }

  @Test
  void everyDisputedValue_isOnExactlyOnePage_forAnyBoundAndLimit() {
    customers(7);
    List<Long> disputed = List.of(1L, 2L, 4L, 7L);
    disputed.forEach(this::correction);
    for (int scanned = 1; scanned <= 8; scanned++) {
      for (int limit = 1; limit <= 5; limit++) {
        assertThat(all(limit, scanned)).as(limit + " of " + scanned).isEqualTo(disputed);
      }
    }
  }

  @Test
  void customersWhoAreBeingErased_areOnNoPage() {
    customers(3);
    List.of(1L, 2L, 3L).forEach(this::correction);
    db.<Integer>inWrite(c -> Sql.update(c, "UPDATE subject SET erasing = 1 WHERE id = 2"));
    assertThat(all(1, DisputedValues.SCANNED)).containsExactly(1L, 3L);
    assertThat(db.<Optional<Disputed>>inRead(c -> DisputedValues.find(c, place(1)))).isPresent();
    assertThat(db.<Optional<Disputed>>inRead(c -> DisputedValues.find(c, place(2)))).isEmpty();
  }

  private List<Long> all(int limit, int scanned) {
    List<Long> all = new ArrayList<>();
    Optional<Place> next = Optional.empty();
    do {
      Optional<Place> after = next;
      Page page = db.inRead(c -> DisputedValues.page(c, after, limit, scanned));
      assertThat(page.found().size()).isLessThanOrEqualTo(Math.min(limit, scanned));
      all.addAll(customers(page));
      next = page.next();
    } while (next.isPresent());
    return all;
  }
}
