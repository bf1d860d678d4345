package io.contextkeep.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.vault.crypto.FileRootKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two vaults that witness each other's logs over HTTP, and one with a forked history. */
final class WitnessIT {
  @TempDir Path dir;
  private Map<String, String> settingsOfA;
  private TestVault a;
  private TestVault b;

  @BeforeEach
  void start() throws IOException {
    int portOfA = freePort();
    int portOfB = freePort();
    String linesOfA = keys("a", portOfA);
    String linesOfB = keys("b", portOfB);
    settingsOfA = settings("a", portOfA, linesOfB);
    a = new TestVault(dir.resolve("a"), settingsOfA);
    b = new TestVault(dir.resolve("b"), settings("b", portOfB, linesOfA));
  }

  @AfterEach
  void checkInvariants() {
    a.close();
    b.close();
  }

  @Test
  void twoVaults_cosignEachOther_andReportIt() throws IOException {
    a.furnish();
    b.furnish();
    for (TestVault vault : new TestVault[] {a, b}) {
      publish(vault);
      Note cosigned = accepted(vault).orElseThrow();
      assertThat(size(cosigned)).isGreaterThan(1);
      TestVault witness = vault == a ? b : a;
      HttpResponse<byte[]> seen =
          exchange(
              witness,
              "GET",
              "/witness/" + hash(Checkpoint.parse(cosigned.text()).origin()) + "/checkpoint",
              "");
      assertThat(seen.statusCode()).isEqualTo(200);
      assertThat(size(Note.parse(new String(seen.body(), UTF_8))))
          .isGreaterThanOrEqualTo(size(cosigned));
      assertThat(vault.watched("/health/ready")).isEqualTo("ok\nwitnesses: quorum\n");
      String receipt = new String(exchange(vault, "GET", "/v1/receipts/0", "").body(), UTF_8);
      assertThat(policy(vault).check(TlogProof.parse(receipt).checkpoint()))
          .isInstanceOf(TrustPolicy.Verdict.Accepted.class);
      assertThat(vault.watched("/metrics"))
          .contains("contextkeep_audit_lag{what=\"witnesses\"}", "outcome=\"cosigned\"");
    }
    // A witness's memory survives a restart.
    String before = witnessed(b);
    b.restart();
    assertThat(size(Note.parse(witnessed(b)))).isGreaterThanOrEqualTo(size(Note.parse(before)));
  }

  @Test
  void aForkedVault_isRefused_withAnyClaimedSize() throws IOException {
    a.furnish();
    publish(a);
    a.stop();
    Disk.copyTree(dir.resolve("a"), dir.resolve("fork"));
    a.startAgain();
    a.write("17850", "country", "\"Iceland\"");
    publish(a);
    long size = size(accepted(a).orElseThrow());
    String seen = witnessed(b);
    a.stop();
    // A copied vault does not know that the original continues.
    TestVault fork = new TestVault(dir.resolve("fork"), settingsOfA);
    for (int i = 0; i < 20; i++) {
      fork.write("666", "country", "\"Norway\"");
    }
    publish(fork);
    Note claimed = fork.vault().db().inRead(Checkpoints::published).orElseThrow();
    assertThat(size(claimed)).isGreaterThan(size);
    assertThat(size(accepted(fork).orElseThrow())).isLessThan(size);
    assertThat(fork.watched("/metrics")).contains("outcome=\"failed\"");
    HttpResponse<byte[]> stale = add(fork, claimed, 0);
    assertThat(stale.statusCode()).isEqualTo(409);
    assertThat(stale.headers().firstValue("Content-Type")).contains("text/x.tlog.size");
    long remembered = Long.parseLong(new String(stale.body(), UTF_8).strip());
    assertThat(remembered).isGreaterThanOrEqualTo(size);
    HttpResponse<byte[]> forked = add(fork, claimed, remembered);
    assertThat(forked.statusCode()).isEqualTo(422);
    assertThat(TestVault.json(forked).path("code").asText()).isEqualTo("checkpoint_not_consistent");
    assertThat(size(Note.parse(witnessed(b)))).isEqualTo(remembered);
    assertThat(seen).isNotEmpty();
    fork.close();
    a.startAgain();
  }

  @Test
  void anUnreachableWitness_delaysNothing_andIsReported() throws IOException {
    a.furnish();
    publish(a);
    b.stop();
    a.write("17850", "country", "\"Iceland\"");
    publish(a);
    assertThat(a.ask("17850", "country").status()).isEqualTo(403);
    assertThat(a.watched("/metrics")).contains("outcome=\"failed\"");
    a.advance(Duration.ofMinutes(2));
    publish(a);
    assertThat(a.watched("/health/ready")).isEqualTo("ok\nwitnesses: no quorum\n");
    b.startAgain();
    // The first request may use the connection to the previous witness.
    for (int i = 0; i < 10 && !a.watched("/health/ready").contains("witnesses: quorum"); i++) {
      publish(a);
    }
    assertThat(a.watched("/health/ready")).isEqualTo("ok\nwitnesses: quorum\n");
  }

  @Test
  void aMalformedWitnessPolicy_stopsTheStart_withItsPlace() throws IOException {
    Path policy = Files.writeString(dir.resolve("bad"), "witness b nonsense\nquorum b\n");
    VaultConfig wrong =
        VaultConfig.load(
            List.of(),
            Map.of(
                "CONTEXTKEEP_DATA", dir.resolve("c/data").toString(),
                "CONTEXTKEEP_KEYS", dir.resolve("c/keys").toString(),
                "CONTEXTKEEP_AUDIT_WITNESSES", policy.toString()));
    assertThatThrownBy(() -> Vault.start(wrong, InstantSource.system()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("audit.witnesses: Line 1");
  }

  private static void publish(TestVault vault) {
    vault.vault().auditLog().publish();
    vault.vault().auditLog().askWitnesses();
  }

  /** Returns the newest checkpoint that the vault's own witnesses accept. */
  private static Optional<Note> accepted(TestVault vault) throws IOException {
    TrustPolicy policy = policy(vault);
    return vault.vault().db().inRead(c -> Checkpoints.accepted(c, -1, policy));
  }

  private static TrustPolicy policy(TestVault vault) throws IOException {
    return TrustPolicy.parse(Files.readAllBytes(vault.config().audit().witnesses().orElseThrow()));
  }

  private String witnessed(TestVault witness) {
    HttpResponse<byte[]> seen =
        exchange(witness, "GET", "/witness/" + hash("a.example/audit") + "/checkpoint", "");
    assertThat(seen.statusCode()).isEqualTo(200);
    return new String(seen.body(), UTF_8);
  }

  private HttpResponse<byte[]> add(TestVault from, Note checkpoint, long old) {
    StringBuilder body = new StringBuilder("old " + old + "\n");
    from.vault()
        .db()
        .inRead(c -> StoredTiles.proofs(c, size(checkpoint)).consistency(old))
        .forEach(hash -> body.append(Base64.getEncoder().encodeToString(hash)).append('\n'));
    return exchange(b, "POST", "/witness/add-checkpoint", body + "\n" + checkpoint);
  }

  private static HttpResponse<byte[]> exchange(
      TestVault vault, String method, String path, String body) {
    return vault.exchange(method, path, body.getBytes(UTF_8), Map.of());
  }

  private static long size(Note note) {
    return Checkpoint.parse(note.text()).size();
  }

  /** Returns the vault's own lines of a policy file, before its first start. */
  private String keys(String name, int port) throws IOException {
    Path keys = Files.createDirectories(dir.resolve(name).resolve("keys"));
    FileRootKey.openOrCreate(keys.resolve("root.key"));
    Map<String, String> settings =
        Map.of(
            "CONTEXTKEEP_KEYS", keys.toString(),
            "CONTEXTKEEP_AUDIT_ORIGIN", name + ".example/audit",
            "CONTEXTKEEP_PUBLIC_URL", "http://127.0.0.1:" + port);
    return Vault.policyLines(VaultConfig.load(List.of(), settings), InstantSource.system());
  }

  private Map<String, String> settings(String name, int port, String linesOfOther)
      throws IOException {
    String own =
        Vault.policyLines(
            VaultConfig.load(
                List.of(),
                Map.of(
                    "CONTEXTKEEP_KEYS",
                    dir.resolve(name).resolve("keys").toString(),
                    "CONTEXTKEEP_AUDIT_ORIGIN",
                    name + ".example/audit")),
            InstantSource.system());
    String witnesses = linesOfOther.replaceAll("(?m)^log .*\n", "");
    Path policy =
        Files.writeString(
            dir.resolve(name + ".witnesses"),
            own.replaceAll("(?m)^witness .*\n", "")
                + witnesses
                + "group other all vault-ed25519-cosignature vault-ml-dsa-44-cosignature\n"
                + "quorum other\n");
    Path watched =
        Files.writeString(dir.resolve(name + ".watched"), linesOfOther + "quorum none\n");
    return Map.of(
        "CONTEXTKEEP_HTTP_PORT", Integer.toString(port),
        "CONTEXTKEEP_AUDIT_ORIGIN", name + ".example/audit",
        "CONTEXTKEEP_PUBLIC_URL", "http://127.0.0.1:" + port,
        "CONTEXTKEEP_AUDIT_WITNESSES", policy.toString(),
        "CONTEXTKEEP_WITNESS_LOGS", watched.toString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String hash(String origin) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(origin.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
