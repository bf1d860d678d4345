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

/** The database can grow no more: SQLite's own SQLITE_FULL, at the next page that it needs. */
@Timeout(120)
final class FullDiskIT {
  private static final String ANN = "17850";
  private static final String BOB = "12347";

  @TempDir Path dir;

  @Test
  void withoutSpaceForTheRecord_nothingIsDecrypted_andNothingIsLost() throws Exception {
    try (LiveVault vault = LiveVault.start(dir, Map.of())) {
      vault.furnish(ANN);
      vault.furnish(BOB);
      breakSeal(vault, BOB);
      // Whoever tries to decrypt Bob's value fails in another way than for want of space.
      assertThat(vault.parties().ask(BOB).status()).isEqualTo(500);
      vault.read(ANN);

      LiveVault.betweenTransactions(vault.db(), "PRAGMA max_page_count = 1");
      Answer refused = readUntilFull(vault);

      assertThat(refused.unavailable().body()).doesNotContain("France");
      for (int i = 0; i < 20; i++) {
        vault.parties().ask(ANN).unavailable();
        vault.parties().ask(BOB).unavailable();
        vault.parties().view(ANN).unavailable();
        vault.parties().write(ANN, "country", "\"Spain\"").unavailable();
        vault.parties().withdraw(ANN).unavailable();
      }

      LiveVault.betweenTransactions(vault.db(), "PRAGMA max_page_count = 1000000");
      vault.read(ANN);
      assertThat(vault.parties().view(ANN).ok().body()).contains("France").doesNotContain("Spain");
      vault.parties().withdraw(ANN).ok();
      assertThat(vault.parties().ask(ANN).status()).isEqualTo(403);
    }
  }

  /** Reads until the last free page is used up: the first answer that is not 200. */
  private static Answer readUntilFull(LiveVault vault) {
    for (int i = 0; i < 2_000; i++) {
      Answer answer = vault.answered(vault.parties().ask(ANN));
      if (answer.status() != 200) {
        return answer;
      }
    }
    throw new AssertionError("The database was never full");
  }

  /** Alters what is held of the customer, so that it does not open. */
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
  void aWriteThatDoesNotFit_leavesNoHalf_andTheSameWriteSucceedsWhenThereIsSpace() {
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
