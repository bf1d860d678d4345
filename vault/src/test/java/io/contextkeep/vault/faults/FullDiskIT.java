package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database that cannot grow: SQLITE_FULL at the next page. */
@Timeout(120)
final class FullDiskIT {
  private static final String ANN = "17850";
  private static final String BOB = "12347";
  private static final String CLAIRE = "13047";

  @TempDir Path dir;

  @Test
  void withoutSpaceForTheRecord_nothingIsDecrypted_andNothingIsLost() throws Exception {
    try (LiveVault vault = LiveVault.start(dir, Map.of())) {
      Parties parties = vault.parties();
      for (String number : List.of(ANN, BOB, CLAIRE)) {
        vault.furnish(number);
      }
      breakSeal(vault, BOB);
      // Decrypting Bob's value fails differently than for lack of space.
      assertThat(parties.ask(BOB).status()).isEqualTo(500);

      LiveVault.betweenTransactions(vault.db(), "PRAGMA max_page_count = 1");
      FullStore.fill(parties, ANN, CLAIRE, vault::answered);
      for (int i = 0; i < 20; i++) {
        assertThat(parties.ask(ANN).unavailable().body()).doesNotContain("France");
        assertThat(parties.view(ANN).unavailable().body()).doesNotContain("France");
        parties.ask(BOB).unavailable();
        parties.write(ANN, "country", "\"Spain\"").unavailable();
        parties.withdraw(ANN).unavailable();
      }

      LiveVault.betweenTransactions(vault.db(), "PRAGMA max_page_count = 1000000");
      vault.read(ANN);
      assertThat(parties.view(ANN).ok().body()).contains("France").doesNotContain("Spain");
      parties.withdraw(ANN).ok();
      assertThat(parties.ask(ANN).status()).isEqualTo(403);
      parties.write(ANN, "country", "\"Spain\"").ok();
    }
  }

  /** Damages the customer's records. */
  private static void breakSeal(LiveVault vault, String number) throws IOException {
    long subject = vault.subject(number).value();
    int altered =
        vault
            .db()
            .inWrite(
                c ->
                    Sql.update(
                        c,
                        "UPDATE value SET sealed = zeroblob(length(sealed)) WHERE subject = ?",
                        subject));
    assertThat(altered).isEqualTo(1);
  }

  /**
   * SQLite rolls back by itself when the disk is full, and the driver closes the statement that met
   * it: neither may make a write less than whole, then or later.
   */
  @Test
  void aWriteWithoutSpace_leavesNoPart_andSucceedsLater() {
    List<String> schema =
        List.of(
            "CREATE TABLE small (n INTEGER PRIMARY KEY) STRICT;\n"
                + "CREATE TABLE large (b BLOB) STRICT;");
    try (Db db = Db.open(dir.resolve("t.db"), schema, Thread::new)) {
      LiveVault.betweenTransactions(db, "PRAGMA max_page_count = 1");
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> db.inWrite(FullDiskIT::both)).isInstanceOf(StoreUnavailable.class);
      }
      assertThat(db.<Long>inRead(c -> count(c, "small"))).isZero();
      LiveVault.betweenTransactions(db, "PRAGMA max_page_count = 1000000");
      db.inWrite(FullDiskIT::both);
      assertThat(db.<Long>inRead(c -> count(c, "small"))).isEqualTo(1);
      assertThat(db.<Long>inRead(c -> count(c, "large"))).isEqualTo(1);
    }
  }

  private static int both(Connection c) throws SQLException {
    return Sql.update(c, "INSERT INTO small DEFAULT VALUES")
        + Sql.update(c, "INSERT INTO large VALUES (zeroblob(100000))");
  }

  private static long count(Connection c, String table) throws SQLException {
    return Sql.one(c, "SELECT count(*) FROM " + table, row -> row.getLong(1)).orElseThrow();
  }
}
