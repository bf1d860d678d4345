package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.identity.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The share of one caller's bodies in the memory for all bodies. */
@Timeout(120)
final class BodyShareIT {
  private static final Map<String, String> ROOM =
      Map.of(
          "CONTEXTKEEP_HTTP_MAX_BODY_BYTES", "65536",
          "CONTEXTKEEP_HTTP_MAX_BODIES_BYTES", "262144",
          "CONTEXTKEEP_HTTP_REQUEST_SECONDS", "120");

  @Test
  void oneCallersBodies_areLimitedToTheirShare_andOthersProceed(@TempDir Path dir)
      throws Exception {
    try (TestVault vault = new TestVault(dir, ROOM)) {
      vault.furnish();
      String crm = vault.token(Role.SOURCE, "crm");
      Socket held = new Socket(InetAddress.getLoopbackAddress(), vault.vault().port());
      try (held) {
        send(held, head(crm, 65_000) + "x".repeat(60_000));
        // The vault reads the held body first; asked at once, it may refuse that one instead.
        Thread.sleep(2_000);
        // There is room until the vault has read the held bodies.
        BareHttp.Reply reply = ask(vault, crm);
        while (reply.status() != 503) {
          assertThat(answer(held)).as("after %s", reply).isEmpty();
          Thread.sleep(50);
          reply = ask(vault, crm);
        }
        assertThat(reply.body()).contains("overloaded");
        String consent = "/v1/me/consents/dpv:ServicePersonalisation/shop";
        ok(vault.put(vault.customer("customer_number:1"), consent, "{}"));
      }
      // The share is released, however the body ends.
      while (ask(vault, crm).status() == 503) {
        Thread.sleep(50);
      }
    }
  }

  /** Returns the answer on the connection, whose request is not complete yet. */
  private static String answer(Socket socket) throws IOException {
    int bytes = socket.getInputStream().available();
    return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.ISO_8859_1);
  }

  private static BareHttp.Reply ask(TestVault vault, String token) {
    return BareHttp.send(vault.vault().port(), head(token, 20_000) + "x".repeat(20_000))
        .orElseThrow();
  }

  private static String head(String token, int length) {
    return "POST /v1/ingest HTTP/1.1\r\nHost: vault\r\nContent-Type: application/x-ndjson\r\n"
        + "Idempotency-Key: held\r\nConnection: close\r\n"
        + "Authorization: Bearer "
        + token
        + "\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }
}
