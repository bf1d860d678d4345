package io.contextkeep.audit.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.Receipt;
import io.contextkeep.audit.Receipts;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.TestKept;
import io.contextkeep.audit.TestKeys;
import io.contextkeep.audit.TestServer;
import io.contextkeep.audit.TestStore;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.NoteSignature;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WitnessTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final SignerKey ED25519 =
      SignerKey.ed25519Cosigner("witness.example", TestKeys.seed(50), InstantSource.system());
  private static final SignerKey ML_DSA =
      SignerKey.mlDsa44Cosigner("witness.example", TestKeys.seed(51), InstantSource.system());

  @TempDir Path dir;
  private TestStore logStore;
  private AuditLog log;
  private TestStore witnessStore;
  private Witness witness;
  private TestServer server;

  @BeforeEach
  void create() throws Exception {
    logStore = TestStore.create(dir.resolve("log.db"));
    log =
        new AuditLog(
            logStore, TestKeys.of(1), new TestKept(), InstantSource.system(), new SecureRandom());
    witnessStore = new TestStore(dir.resolve("witness.db"));
    witnessStore.sql(Witness.schema().split(";"));
    witness = witness();
    server =
        new TestServer(
            (request, body) -> {
              assertThat(request.getRequestMethod()).isEqualTo("POST");
              assertThat(request.getRequestURI()).hasToString("/add-checkpoint");
              Witness.Reply reply = witness.add(body);
              return new TestServer.Reply(
                  reply.status(),
                  reply.contentType(),
                  reply.body().getBytes(StandardCharsets.UTF_8));
            });
  }

  @AfterEach
  void close() throws SQLException {
    server.close();
    logStore.close();
    witnessStore.close();
  }

  @Test
  void aWitness_cosignsAGrowingLog_andItsReceiptsReachTheQuorum() throws Exception {
    TrustPolicy policy = policy(server.url());
    Witnesses witnesses = Witnesses.of(logStore, policy, HTTP);
    for (int i = 0; i < 5; i++) {
      Receipt receipt = log.append(read("n" + i));
      log.publish();
      assertThat(proof(receipt, policy)).as("not yet witnessed").isEmpty();
      assertThat(witnesses.ask())
          .containsExactly(new Witnesses.Report.Cosigned("witness.example", i + 2));
      assertThat(witnesses.ask()).as("once is enough").isEmpty();
      TlogProof proof = TlogProof.parse(proof(receipt, policy).orElseThrow().toString());
      assertThat(proof.verify(HexFormat.of().parseHex(receipt.leafHash()), policy))
          .isInstanceOf(TlogProof.Verdict.Proven.class);
    }
    Note last = witness.latest(originHash()).orElseThrow();
    assertThat(Checkpoint.parse(last.text()).size()).isEqualTo(6);
    assertThat(last.verify(witness.verifiers())).isInstanceOf(Note.Verdict.Signed.class);
    assertThat(witness.latest("00")).isEmpty();
    assertThat(logStore.inRead(LogVerifier::verify).problems()).isEmpty();
  }

  @Test
  void aLogThatForgotTheWitnesssSize_learnsItAndContinues() {
    log.append(read("a"));
    log.publish();
    Witnesses.of(logStore, policy(server.url()), HTTP).ask();
    log.append(read("b"));
    log.publish();
    assertThat(Witnesses.of(logStore, policy(server.url()), HTTP).ask())
        .containsExactly(new Witnesses.Report.Cosigned("witness.example", 3));
  }

  @Test
  void aRestartedWitness_remembers() {
    log.append(read("a"));
    log.publish();
    Witnesses witnesses = Witnesses.of(logStore, policy(server.url()), HTTP);
    witnesses.ask();
    witness = witness();
    assertThat(witness.add(request(0, List.of(), log.latest())))
        .isEqualTo(new Witness.Reply(409, "text/x.tlog.size", "2\n"));
  }

  @Test
  void aLogRestoredToAnOlderState_isCaughtByItsWitness() throws SQLException {
    log.append(read("a"));
    log.append(read("b"));
    log.publish();
    Witnesses.of(logStore, policy(server.url()), HTTP).ask();
    try (TestStore older = TestStore.create(dir.resolve("older.db"))) {
      AuditLog fork =
          new AuditLog(
              older, TestKeys.of(1), new TestKept(), InstantSource.system(), new SecureRandom());
      fork.publish();
      Witnesses witnesses = Witnesses.of(older, policy(server.url()), HTTP);
      assertThat(witnesses.ask())
          .containsExactly(new Witnesses.Report.Ahead("witness.example", 3, 1));
      for (int i = 0; i < 3; i++) {
        fork.append(read("other" + i));
        fork.publish();
        assertThat(witnesses.ask()).noneMatch(Witnesses.Report.Cosigned.class::isInstance);
      }
    }
  }

  @Test
  void aRepeatedCheckpoint_isCosignedAgain_butNotAnotherOfTheSameSize() {
    log.append(read("a"));
    Note note = log.latest();
    assertThat(witness.add(request(0, List.of(), note)).status()).isEqualTo(200);
    assertThat(witness.add(request(2, List.of(), note)).status()).isEqualTo(200);
    Note other =
        Note.sign(
            new Checkpoint(TestKeys.ORIGIN, 2, new byte[32]).text(),
            List.of(TestKeys.of(1).signer()));
    assertThat(witness.add(request(2, List.of(), other)).status()).isEqualTo(422);
  }

  @Test
  void everyMisuse_hasItsSpecifiedStatus() {
    log.append(read("a"));
    Note small = log.latest();
    assertThat(witness.add(request(0, List.of(), small)).status()).isEqualTo(200);
    log.append(read("b"));
    log.append(read("c"));
    Note large = log.latest();
    List<byte[]> proof = logStore.inRead(c -> StoredTiles.proofs(c, 4).consistency(2));
    assertThat(witness.add(request(5, List.of(), large)).status()).as("old > new").isEqualTo(400);
    assertThat(witness.add(request(1, List.of(), large)).status()).as("stale").isEqualTo(409);
    assertThat(witness.add(request(2, List.of(), large)).status()).as("no proof").isEqualTo(422);
    assertThat(witness.add(request(2, List.of(new byte[32]), large)).status()).isEqualTo(422);
    Note forged = Note.sign(large.text(), List.of(TestKeys.of(2).signer()));
    assertThat(witness.add(request(2, proof, forged)).status()).as("not signed").isEqualTo(403);
    Note unknown =
        Note.sign(
            new Checkpoint("other.example", 4, new byte[32]).text(),
            List.of(SignerKey.ed25519("other.example", TestKeys.seed(1))));
    assertThat(witness.add(request(0, List.of(), unknown)).status()).isEqualTo(404);
    assertThat(witness.add(request(2, proof, large)).status()).isEqualTo(200);
  }

  @Test
  void aFirstCheckpoint_mustHaveNoProof() {
    assertThat(witness.add(request(0, List.of(new byte[32]), log.latest())).status())
        .isEqualTo(422);
    assertThat(witness.add(request(0, List.of(), log.latest())).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "old 0\n",
        "old 0\n\n",
        "old 00\n\nNOTE",
        "old -1\n\nNOTE",
        "old 0\nAAAA\n\nNOTE",
        "old 0\n\n\nNOTE",
        "size 0\n\nNOTE",
        "old 0 \n\nNOTE",
        "old 0\nNOTE",
      })
  void aMalformedRequest_isAnsweredWith400(String request) {
    String body = request.replace("NOTE", log.latest().toString());
    assertThat(witness.add(body.getBytes(StandardCharsets.UTF_8)).status()).isEqualTo(400);
  }

  @Test
  void aProofOfMoreThan63Lines_andARequestWithoutEnd_areRefused() {
    byte[] request =
        new AddCheckpoint(1, java.util.Collections.nCopies(64, new byte[32]), log.latest()).body();
    assertThat(witness.add(request).status()).isEqualTo(400);
    assertThat(witness.add(new byte[200_000]).status()).isEqualTo(400);
  }

  @Test
  void aWitnessThatCannotStore_doesNotSign() throws SQLException {
    witnessStore.sql("DROP TABLE witness_checkpoint");
    assertThatThrownBy(() -> witness.add(request(0, List.of(), log.latest())))
        .isInstanceOf(io.contextkeep.audit.StoreUnavailable.class);
  }

  @Test
  void aFalseOrForeignSignature_isRejectedFromAWitness() throws IOException {
    log.append(read("a"));
    log.publish();
    NoteSignature elsewhere = ED25519.sign(new Checkpoint(TestKeys.ORIGIN, 9, new byte[32]).text());
    SignerKey stranger =
        SignerKey.ed25519Cosigner("stranger", TestKeys.seed(77), InstantSource.system());
    for (String body :
        List.of(elsewhere.line(), stranger.sign(log.latest().text()).line(), "nonsense\n", "")) {
      try (TestServer liar =
          new TestServer(
              (request, asked) ->
                  new TestServer.Reply(200, "text/plain", body.getBytes(StandardCharsets.UTF_8)))) {
        assertThat(Witnesses.of(logStore, policy(liar.url()), HTTP).ask())
            .singleElement()
            .isInstanceOf(Witnesses.Report.Failed.class);
      }
    }
    assertThat(logStore.inRead(LogVerifier::verify).problems()).isEmpty();
  }

  @Test
  void aWitnessThatIsDownOrStatesInvalidSizes_isReported_andTheLogContinues() throws IOException {
    URI gone;
    try (TestServer closed =
        new TestServer((request, body) -> new TestServer.Reply(500, "text/plain", new byte[0]))) {
      gone = closed.url();
    }
    assertThat(Witnesses.of(logStore, policy(gone), HTTP).ask())
        .singleElement()
        .isInstanceOf(Witnesses.Report.Failed.class);
    for (String size : List.of("-1\n", "x\n", "", "1", "18446744073709551615\n")) {
      try (TestServer odd =
          new TestServer(
              (request, body) ->
                  new TestServer.Reply(
                      409, "text/x.tlog.size", size.getBytes(StandardCharsets.UTF_8)))) {
        assertThat(Witnesses.of(logStore, policy(odd.url()), HTTP).ask())
            .singleElement()
            .isInstanceOf(Witnesses.Report.Failed.class);
      }
    }
    assertThat(log.append(read("a")).index()).isEqualTo(1);
  }

  private Witness witness() {
    return new Witness(
        witnessStore,
        List.of(ED25519, ML_DSA),
        Map.of(TestKeys.ORIGIN, List.of(TestKeys.of(1).signer().verifier())));
  }

  private static TrustPolicy policy(URI witness) {
    return TrustPolicy.parse(
        """
        log %s
        witness W %s %s
        quorum W
        """
            .formatted(TestKeys.of(1).signer().verifier(), ED25519.verifier(), witness)
            .getBytes(StandardCharsets.UTF_8));
  }

  private java.util.Optional<TlogProof> proof(Receipt receipt, TrustPolicy policy) {
    return logStore.inRead(c -> Receipts.proof(c, receipt.index(), policy));
  }

  private static byte[] request(long old, List<byte[]> proof, Note note) {
    return new AddCheckpoint(old, proof, note).body();
  }

  private static String originHash() throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256")
                .digest(TestKeys.ORIGIN.getBytes(StandardCharsets.UTF_8)));
  }

  private static AuditEntry read(String actor) {
    return AuditEntry.of(EntryType.READ, Map.of("actor", actor));
  }
}
