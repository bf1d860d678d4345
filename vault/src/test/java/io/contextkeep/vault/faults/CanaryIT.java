package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.contextkeep.vault.Disk;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.ops.Backup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** No personal data is in plaintext on disk, in a backup or in a log. */
@Timeout(180)
final class CanaryIT {
  @TempDir Path dir;

  @Test
  void noCanary_isOnDisk_inABackup_orInALog_beforeAndAfterErasure() throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    try {
      try (LiveVault vault = LiveVault.start(dir, Map.of())) {
        vault.parties().furnish();
        Canaries canaries = new Canaries(vault.parties(), vault.vault().port());
        canaries.live();
        canaries.mistakes();
        breakTheStore(vault);
        assertThat(Disk.holds(dir, "dpv:ServicePersonalisation".getBytes(StandardCharsets.UTF_8)))
            .isTrue();
        backup("before");
        Disk.holdsNone(dir, Canaries.traces());

        breakTheSeal(vault);
        vault.parties().erase(Canaries.NUMBER).ok();
        backup("erased");
        canaries.takeNotices();
        canaries.mistakes();
        backup("after");
        Disk.holdsNone(dir, Canaries.traces());
      }
      Disk.holdsNone(dir, Canaries.traces());
    } finally {
      root.detachAppender(log);
    }
    assertNothingLogged(log);
  }

  @Test
  void noCanary_isOnDisk_norPrinted_byTheProgram() throws Exception {
    try (ChildVault vault = ChildVault.start(dir);
        Parties parties = vault.parties()) {
      parties.furnish();
      Canaries canaries = new Canaries(parties, vault.port());
      canaries.live();
      canaries.mistakes();
      Disk.holdsNone(dir, Canaries.traces());
      parties.erase(Canaries.NUMBER).ok();
      canaries.mistakes();
      Disk.holdsNone(dir, Canaries.traces());
    }
    // A clean stop, so that the last lines are written.
    assertThat(Files.readString(dir.resolve("log"))).contains("started");
    Disk.holdsNone(dir, Canaries.traces());
  }

  /** Data of failed writes is not in the log either. */
  private static void breakTheStore(LiveVault vault) {
    LiveVault.betweenTransactions(vault.db(), "PRAGMA query_only = ON");
    vault
        .parties()
        .write(Canaries.NUMBER, "country", "\"" + Canaries.word("value") + "\"")
        .unavailable();
    vault.parties().ask(Canaries.NUMBER).unavailable();
    LiveVault.betweenTransactions(vault.db(), "PRAGMA query_only = OFF");
  }

  /** A damaged record is an internal error of the vault. */
  private static void breakTheSeal(LiveVault vault) throws Exception {
    long subject = vault.subject(Canaries.NUMBER).value();
    vault
        .db()
        .inWrite(
            c ->
                Sql.update(
                    c,
                    "UPDATE value SET sealed = zeroblob(length(sealed)) WHERE subject = ?",
                    subject));
    assertThat(vault.parties().ask(Canaries.NUMBER).status()).isEqualTo(500);
  }

  private void backup(String name) throws Exception {
    Backup.write(
        dir.resolve("data"), dir.resolve("keys"), dir.resolve("backup-" + name), Customers::all);
  }

  private void assertNothingLogged(ListAppender<ILoggingEvent> log) throws Exception {
    List<String> lines = new ArrayList<>();
    for (ILoggingEvent event : List.copyOf(log.list)) {
      IThrowableProxy thrown = event.getThrowableProxy();
      lines.add(
          event.getFormattedMessage()
              + event.getKeyValuePairs()
              + event.getMDCPropertyMap()
              + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
    }
    // A record that did not open was logged, and of the requests that the store refused a sample.
    assertThat(log.list.stream().filter(event -> event.getLevel() == Level.ERROR).count())
        .isGreaterThanOrEqualTo(2);
    Path file = Files.writeString(dir.resolve("logged"), String.join("\n", lines));
    Disk.holdsNone(file, Canaries.traces());
  }
}
