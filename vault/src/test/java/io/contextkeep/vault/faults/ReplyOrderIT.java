package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The system calls of a read: the request is received, the log is written and synced, and only
 * after the sync is the first byte of the answer sent.
 */
@Timeout(300)
final class ReplyOrderIT {
  private static final String ANN = "17850";
  private static final int READS = 20;

  @TempDir Path dir;

  @Test
  void theLogIsSynced_beforeTheFirstByteOfTheReply() throws Exception {
    Strace.assumeAllowed();
    Path trace = dir.resolve("trace");
    List<String> prefix =
        Strace.watching(trace, "read,readv,recvfrom,write,writev,sendto,pwrite64,fsync,fdatasync");
    try (ChildVault vault = ChildVault.begin(dir, prefix)) {
      vault.awaitReady();
      try (Parties parties = vault.parties()) {
        parties.furnish();
        parties.write(ANN, "country", "\"France\"").ok();
        for (int i = 0; i < READS; i++) {
          assertThat(ask(vault, parties)).isEqualTo(403);
        }
        parties.consent(ANN).ok();
        for (int i = 0; i < READS; i++) {
          assertThat(ask(vault, parties)).isEqualTo(200);
        }
      }
    }
    assertThat(syncedReplies(trace)).isEqualTo(2 * READS);
  }

  /** Sends reads by HTTP/1.1, which is readable in a trace. */
  private static int ask(ChildVault vault, Parties parties) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create(
                    "http://127.0.0.1:%s/v1/customers/customer_number:%s/context?purpose=%s&attributes=country"
                        .formatted(vault.port(), ANN, "dpv:ServicePersonalisation"))
                .toURL()
                .openConnection();
    connection.setRequestProperty("Authorization", "Bearer " + parties.token(Role.APP, "shop"));
    return connection.getResponseCode();
  }

  /** Counts answered reads and refusals, none of them before its entry was synced. */
  private static int syncedReplies(Path trace) throws IOException {
    Order order = new Order();
    for (String line : Files.readAllLines(trace)) {
      order.saw(line);
    }
    return order.replies;
  }

  /** Checks the requests in the order of the trace. */
  private static final class Order {
    private boolean asked;
    private boolean written;
    private boolean synced;
    private int replies;

    void saw(String line) {
      if (line.contains("GET /v1/customers/")) {
        asked = true;
        written = false;
        synced = false;
      } else if (asked && line.contains("pwrite64(") && line.contains("vault.db-wal>")) {
        written = true;
      } else if (asked && written && returned(line)) {
        synced = true;
      } else if (asked && line.contains("\"HTTP/1.1 ")) {
        assertThat(synced).as("the log was synced before: %s", line).isTrue();
        asked = false;
        replies++;
      }
    }

    /** Returns whether a line is a successful, completed sync of the log. */
    private static boolean returned(String line) {
      boolean whole = line.contains("sync(") && line.contains("vault.db-wal>");
      boolean resumed = line.contains("sync resumed>");
      return (whole || resumed) && line.endsWith("= 0");
    }
  }
}
