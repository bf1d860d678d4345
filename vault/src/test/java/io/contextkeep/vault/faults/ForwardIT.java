package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.siem.SyslogServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A vault that forwards its log is killed, or its collector fails. */
@Timeout(300)
@Order(2)
final class ForwardIT {
  private static final int ROUNDS = Integer.getInteger("faults.forward.rounds", 1);
  private static final Pattern INDEX = Pattern.compile(" index=\"(\\d+)\"");

  @TempDir Path dir;

  @Test
  void afterKills_theCollectorHasEveryEntryOfTheLog() throws Exception {
    try (SyslogServer collector = SyslogServer.plain()) {
      Map<String, String> settings = settings(collector.port());
      for (int round = 0; round < ROUNDS; round++) {
        ChildVault vault = ChildVault.start(dir, settings);
        try (Parties parties = vault.parties()) {
          int before = collector.messages().size();
          parties.furnish();
          // Repeated registrations add no entry; a new customer does.
          parties.write("C" + round, "country", "\"Iceland\"").ok();
          collector.await(messages -> messages.size() > before);
          vault.kill();
        }
      }
      ChildVault vault = ChildVault.start(dir, settings);
      try (Parties parties = vault.parties()) {
        long size = parties.verification().ok().json().path("size").longValue();
        assertThat(size).isGreaterThan(10);
        collector.await(messages -> indices(messages).headSet(size).size() == size);
      }
      vault.close();
    }
  }

  /** A collector that accepts the connection and never reads. */
  @Test
  void aHangingCollector_delaysNeitherRequestsNorAStop() throws Exception {
    try (ServerSocket hanging = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ChildVault vault = ChildVault.start(dir, settings(hanging.getLocalPort()));
      try (Parties parties = vault.parties()) {
        parties.furnish();
        assertThat(parties.verification().ok().json().path("whole").booleanValue()).isTrue();
      }
      vault.close();
    }
  }

  private static Map<String, String> settings(int port) {
    return Map.of("CONTEXTKEEP_SIEM_SYSLOG_URL", "tcp://127.0.0.1:" + port);
  }

  private static TreeSet<Long> indices(List<String> messages) {
    TreeSet<Long> indices = new TreeSet<>();
    for (String message : messages) {
      Matcher index = INDEX.matcher(message);
      assertThat(index.find()).isTrue();
      indices.add(Long.parseLong(index.group(1)));
    }
    return indices;
  }
}
