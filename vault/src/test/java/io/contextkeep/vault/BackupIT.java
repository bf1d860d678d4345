package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.CANARY;
import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.DbCopy;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.ops.Backup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a running vault, and vaults started from them. */
@Order(2)
final class BackupIT {
  private static final String CONSENT = "/v1/me/consents/dpv:ServicePersonalisation/shop";

  @TempDir Path dir;
  private TestVault vault;

  @BeforeEach
  void start() throws IOException {
    vault =
        TestVault.furnished(
            Files.createDirectory(dir.resolve("vault")),
            Map.of("CONTEXTKEEP_STORE_DEADLINE_MILLIS", "3000"));
    vault.write("17850", "country", "\"" + CANARY + "land\"");
    vault.write("12345", "country", "\"" + CANARY + "ia\"");
    ok(vault.put(vault.customer("customer_number:17850"), CONSENT, ""));
  }

  @AfterEach
  void checkInvariants() {
    vault.close();
  }

  private Backup.Report backup(String name) throws IOException {
    return Backup.write(
        vault.dir().resolve("data"),
        vault.dir().resolve("keys"),
        dir.resolve(name),
        Customers::all);
  }

  /**
   * Returns a vault with the rows of one backup and the keys of another; the root key comes from a
   * third place.
   */
  private TestVault restored(String rows, String keys) throws IOException {
    Path restored = Files.createDirectory(dir.resolve("restored"));
    Files.createDirectory(restored.resolve("data"));
    Files.createDirectory(restored.resolve("keys"));
    copy(dir.resolve(rows).resolve("data/vault.db"), restored.resolve("data/vault.db"));
    copy(
        dir.resolve(rows).resolve("data/last.checkpoint"),
        restored.resolve("keys/last.checkpoint"));
    copy(dir.resolve(keys).resolve("keys/keys.db"), restored.resolve("keys/keys.db"));
    copy(vault.dir().resolve("keys/root.key"), restored.resolve("keys/root.key"));
    return new TestVault(restored);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
  }

  @Test
  void theProgram_copiesARunningVaultUnderLoad_andAVaultStartsFromTheCopy() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Path settings = Program.settings(vault.dir(), Map.of());
      Path target = dir.resolve("backup");
      Future<?> load;
      try (Program program = Program.start(dir, "backup", target.toString(), settings.toString())) {
        load =
            threads.submit(
                () -> {
                  for (int i = 0; !stop.get(); i++) {
                    vault.write("1000" + i, "country", "\"" + CANARY + i + "\"");
                  }
                });
        assertThat(program.exitCode()).as(program.err()).isZero();
        assertThat(program.out()).contains("Copied and checked").contains("root key is in neither");
      }
      stop.set(true);
      load.get();
    }
    try (Stream<Path> files = Files.walk(dir.resolve("backup"))) {
      for (Path file : files.toList()) {
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        assertThat(permissions).isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
      }
    }
    assertThat(names(dir.resolve("backup")))
        .containsExactlyInAnyOrder("data", "vault.db", "last.checkpoint", "keys", "keys.db");
    TestVault restored = restored("backup", "backup");
    assertThat(ok(restored.ask("17850", "country")).body().at("/values/country/value").textValue())
        .isEqualTo(CANARY + "land");
    restored.close();
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.skip(1).map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void aCustomerErasedAfterTheRowsWereCopied_isErasedByTheStart() throws Exception {
    backup("before");
    ok(vault.delete(vault.customer("customer_number:12345"), "/v1/me"));
    backup("after");

    TestVault restored = restored("before", "after");

    assertThat(count(restored, "SELECT count(*) FROM subject")).isEqualTo(1);
    assertThat(count(restored, "SELECT count(*) FROM value")).isEqualTo(1);
    assertThat(erasures(restored)).isEqualTo(1);
    assertThat(restored.get(restored.customer("customer_number:12345"), "/v1/me").status())
        .isEqualTo(404);
    ok(restored.ask("17850", "country"));
    restored.restart();
    assertThat(erasures(restored)).isEqualTo(1);
    restored.close();
  }

  private static long erasures(TestVault vault) {
    return vault
        .vault()
        .db()
        .<Long>inRead(c -> LoggedEntries.count(c, entry -> entry.type().equals("erase")));
  }

  private static long count(TestVault vault, String sql) {
    return vault
        .vault()
        .db()
        .<Long>inRead(c -> Sql.one(c, sql, row -> row.getLong(1)).orElseThrow());
  }

  @Test
  void nothingIsOverwritten() throws Exception {
    Files.createDirectory(dir.resolve("taken"));
    assertThatThrownBy(() -> backup("taken")).hasMessageContaining("already");
    Files.writeString(dir.resolve("file"), "mine");
    assertThatThrownBy(() -> backup("file")).hasMessageContaining("already");
    assertThat(Files.readString(dir.resolve("file"))).isEqualTo("mine");
    String settings = Program.settings(vault.dir(), Map.of()).toString();
    try (Program program =
        Program.start(dir, "backup", dir.resolve("taken").toString(), settings)) {
      assertThat(program.exitCode()).isEqualTo(1);
      assertThat(program.out()).isEmpty();
      assertThat(program.err()).contains("No backup was made").doesNotContain("at io.contextkeep");
    }
  }

  @Test
  void rowsWithoutTheirKeys_makeABackupFail() throws Exception {
    backup("older");
    vault.write("555", "country", "\"" + CANARY + "\"");
    assertThatThrownBy(
            () ->
                Backup.write(
                    vault.dir().resolve("data"),
                    dir.resolve("older/keys"),
                    dir.resolve("mixed"),
                    Customers::all))
        .hasMessageContaining("1 customers have rows but no key");
    assertNothingLeft("mixed");
  }

  @Test
  void aDamagedLog_makesABackupFail() throws Exception {
    vault
        .vault()
        .db()
        .inWrite(c -> Sql.update(c, "UPDATE audit_group SET time = time + 1 WHERE first = 1"));
    assertThatThrownBy(() -> backup("damaged")).hasMessageContaining("entries at 1 ");
    assertNothingLeft("damaged");
    vault
        .vault()
        .db()
        .inWrite(c -> Sql.update(c, "UPDATE audit_group SET time = time - 1 WHERE first = 1"));
  }

  @Test
  void aMissingVault_isNotCreatedByABackup() {
    Path nowhere = dir.resolve("nowhere");
    assertThatThrownBy(
            () -> Backup.write(nowhere, nowhere, dir.resolve("of-nothing"), Customers::all))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("vault.db");
    assertThat(nowhere).doesNotExist();
  }

  private void assertNothingLeft(String name) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(left -> left.contains(name));
    }
  }

  /**
   * Checks an erasure during a long read, such as a copy, which keeps the write-ahead log from
   * being emptied.
   */
  @Test
  void duringALongRead_anErasureHidesTheCustomer_andTheLogIsEmptiedAfterwards() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> reader =
          threads.submit(() -> vault.vault().db().inRead(c -> hold(c, "subject", reading, end)));
      reading.await();
      int status = vault.delete(vault.customer("customer_number:12345"), "/v1/me").status();
      end.countDown();
      reader.get();
      assertThat(status).isEqualTo(202);
    }
    assertThat(vault.get(vault.customer("customer_number:12345"), "/v1/me").status())
        .isEqualTo(404);
    assertThat(count(vault, "SELECT count(*) FROM value")).isEqualTo(1);
    // The mark is still there. (The log itself may be empty by now: the graph's cleaning empties
    // it.)
    assertThat(count(vault, "SELECT count(*) FROM subject")).isEqualTo(2);
    vault.vault().erasure().resumeUnfinished();
    assertThat(count(vault, "SELECT count(*) FROM subject")).isEqualTo(1);
  }

  @Test
  void anUnfinishedErasure_isFinishedLater() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> copying =
          threads.submit(
              () ->
                  DbCopy.read(
                      vault.dir().resolve("keys/keys.db"), c -> hold(c, "data_key", reading, end)));
      reading.await();
      int status = vault.delete(vault.customer("customer_number:12345"), "/v1/me").status();
      end.countDown();
      copying.get();
      assertThat(status).isEqualTo(202);
    }
    assertThat(count(vault, "SELECT count(*) FROM subject")).isEqualTo(2);
    vault.vault().erasure().resumeUnfinished();
    assertThat(count(vault, "SELECT count(*) FROM subject")).isEqualTo(1);
    assertThat(Files.size(vault.dir().resolve("keys/keys.db-wal"))).isZero();
  }

  private static int hold(Connection c, String table, CountDownLatch reading, CountDownLatch end)
      throws SQLException {
    Sql.query(c, "SELECT count(*) FROM " + table, row -> row.getLong(1));
    reading.countDown();
    try {
      end.await();
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theReport_statesTheCopiedRows() throws Exception {
    Backup.Report report = backup("backup");
    assertThat(report.customers()).isEqualTo(2);
    LogVerifier.Verification copy =
        DbCopy.read(dir.resolve("backup/data/vault.db"), LogVerifier::verify);
    assertThat(report.entries()).isEqualTo(copy.size());
    assertThat(report.root()).isEqualTo(copy.root());
  }
}
