package io.contextkeep.vault.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The statements by which an erasure finds the rows of a customer. */
final class ErasureSelectsTest {

  /** Otherwise each transaction of an erasure would read the rows of all customers. */
  @Test
  void eachTable_isSearchedByAnIndex(@TempDir Path dir) {
    try (Db db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Thread::new)) {
      assertThat(Erasure.selects()).isNotEmpty();
      for (String select : Erasure.selects()) {
        List<String> plan =
            db.inRead(
                c ->
                    Sql.query(
                        c, "EXPLAIN QUERY PLAN " + select, row -> row.getString("detail"), 1, 250));
        assertThat(plan).as(select).isNotEmpty().allMatch(step -> step.startsWith("SEARCH"));
      }
    }
  }
}
