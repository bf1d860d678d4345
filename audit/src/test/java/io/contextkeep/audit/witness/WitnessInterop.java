package io.contextkeep.audit.witness;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.Receipt;
import io.contextkeep.audit.Receipts;
import io.contextkeep.audit.TestKept;
import io.contextkeep.audit.TestKeys;
import io.contextkeep.audit.TestServer;
import io.contextkeep.audit.TestStore;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Both sides of the witness protocol, to be run against other implementations: {@code log-key},
 * {@code ask <file>} with a log that grows and then forks, and {@code serve <file> <log key>} with
 * a witness.
 */
final class WitnessInterop {

  private WitnessInterop() {}

  /**
   * Runs one side.
   *
   * @throws Exception if the other side does not behave as specified
   */
  public static void main(String[] args) throws Exception {
    Path work = Files.createTempDirectory("witness-interop");
    switch (args[0]) {
      case "log-key" -> System.out.println(TestKeys.of(1).signer().verifier());
      case "ask" -> ask(work, Files.readAllLines(Path.of(args[1])));
      case "serve" -> serve(work, Path.of(args[1]), VerifierKey.parse(args[2]));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void ask(Path work, List<String> witness) throws SQLException {
    TrustPolicy policy =
        TrustPolicy.parse(
            "log %s\nwitness W %s %s\nquorum W\n"
                .formatted(TestKeys.of(1).signer().verifier(), witness.get(1), witness.get(0))
                .getBytes(StandardCharsets.UTF_8));
    try (TestStore store = TestStore.create(work.resolve("log.db"));
        TestStore other = TestStore.create(work.resolve("fork.db"));
        HttpClient http = HttpClient.newHttpClient()) {
      AuditLog log = log(store);
      Witnesses witnesses = Witnesses.of(store, policy, http);
      for (int i = 0; i < 300; i++) {
        Receipt receipt = log.append(entry("a" + i));
        if (i % 37 == 0 || i == 299) {
          log.publish();
          require(
              witnesses
                  .ask()
                  .equals(
                      List.of(
                          new Witnesses.Report.Cosigned(
                              policy.witnesses().getFirst().key().name(), i + 2))),
              "the witness cosigns at size " + (i + 2));
          TlogProof proof =
              store.inRead(c -> Receipts.proof(c, receipt.index(), policy)).orElseThrow();
          require(
              proof.verify(HexFormat.of().parseHex(receipt.leafHash()), policy)
                  instanceof TlogProof.Verdict.Proven,
              "the receipt reaches the quorum");
        }
      }
      AuditLog fork = log(other);
      for (int i = 0; i < 310; i++) {
        fork.append(entry("b" + i));
      }
      fork.publish();
      require(
          Witnesses.of(other, policy, http).ask().getFirst() instanceof Witnesses.Report.Failed,
          "the witness does not cosign another history");
    }
    System.out.println("the witness cosigned our log and refused its fork");
  }

  private static void serve(Path work, Path file, VerifierKey log) throws Exception {
    SignerKey key =
        SignerKey.ed25519Cosigner(
            "vault.example/witness", TestKeys.seed(9), InstantSource.system());
    TestStore store = new TestStore(work.resolve("witness.db"));
    store.sql(Witness.schema().split(";"));
    Witness witness = new Witness(store, List.of(key), Map.of(log.name(), List.of(log)));
    TestServer server =
        new TestServer(
            (request, body) -> {
              Witness.Reply reply = witness.add(body);
              return new TestServer.Reply(
                  reply.status(),
                  reply.contentType(),
                  reply.body().getBytes(StandardCharsets.UTF_8));
            });
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, server.url() + "\n" + key.verifier() + "\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static AuditLog log(TestStore store) {
    return new AuditLog(
        store, TestKeys.of(1), new TestKept(), InstantSource.system(), new SecureRandom());
  }

  private static AuditEntry entry(String actor) {
    return AuditEntry.of(EntryType.READ, Map.of("actor", actor));
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("The check failed: " + what);
    }
  }
}
