package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.LogWatch;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.tree.TileSource;
import java.nio.file.Path;
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

final class ReceiptsTest {
  private static final TrustPolicy POLICY =
      TrustPolicy.of(List.of(TestKeys.of(1).signer().verifier()));

  @TempDir Path dir;
  private TestStore store;
  private AuditLog log;

  @BeforeEach
  void create() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    log = log(store);
  }

  @AfterEach
  void close() throws SQLException {
    store.close();
  }

  @Test
  void aReceipt_provesItsOwnEntryOffline() {
    Receipt first = log.append(read("a"));
    Receipt second = log.append(read("b"));
    log.append(read("c"));
    TlogProof proof = TlogProof.parse(receipt(first.index()).toString());
    assertThat(proof.index()).isEqualTo(1);
    assertThat(proof.verify(hash(first), POLICY)).isInstanceOf(TlogProof.Verdict.Proven.class);
    assertThat(proof.verify(hash(second), POLICY))
        .isEqualTo(new TlogProof.Verdict.Refuted("the entry is not where the receipt says"));
    TrustPolicy other = TrustPolicy.of(List.of(TestKeys.of(2).signer().verifier()));
    assertThat(proof.verify(hash(first), other)).isInstanceOf(TlogProof.Verdict.Refuted.class);
    assertThat(store.inRead(c -> Receipts.proof(c, 4)).isPresent()).isFalse();
    assertThat(store.inRead(c -> Receipts.proof(c, -1)).isPresent()).isFalse();
  }

  @Test
  void anOldReceipt_verifiesAfterTheLogGrew_afterAnErasure_andAfterAChangeOfKeys() {
    Receipt receipt = log.append(read("a").about(7, new Sealer((byte) 1), Map.of("reason", "x")));
    TlogProof early = receipt(receipt.index());
    for (int i = 0; i < 300; i++) {
      log.append(read("n" + i));
    }
    store.inWrite(c -> log.stageErasure(c, 7, Map.of("request", "r-1"), 1_000));
    new AuditLog(
        store,
        TestKeys.of(2).succeeding(TestKeys.of(1)),
        keptAt(log.latest()),
        InstantSource.system(),
        new SecureRandom());
    assertThat(early.verify(hash(receipt), POLICY)).isInstanceOf(TlogProof.Verdict.Proven.class);
    TlogProof late = receipt(receipt.index());
    TrustPolicy fresh = TrustPolicy.of(List.of(TestKeys.of(2).signer().verifier()));
    assertThat(late.verify(hash(receipt), fresh)).isInstanceOf(TlogProof.Verdict.Proven.class);
  }

  @Test
  void aPublishedCheckpoint_isPreferred_becauseItIsCosigned() {
    Receipt receipt = log.append(read("a"));
    log.publish();
    log.append(read("b"));
    TrustPolicy postQuantum = TrustPolicy.of(List.of(TestKeys.of(1).cosigner().verifier()));
    assertThat(receipt(receipt.index()).verify(hash(receipt), postQuantum))
        .isInstanceOf(TlogProof.Verdict.Proven.class);
  }

  @Test
  void aTamperedReceipt_isRejected() {
    Receipt receipt = log.append(read("a"));
    for (int i = 0; i < 6; i++) {
      log.append(read("n" + i));
    }
    String text = receipt(receipt.index()).toString();
    for (int i = 0; i < text.length(); i++) {
      String changed =
          text.substring(0, i) + (text.charAt(i) == 'A' ? 'B' : 'A') + text.substring(i + 1);
      assertThat(proven(changed, receipt)).as("character %d", i).isFalse();
    }
    assertThat(proven(text, receipt)).isTrue();
    assertThat(proven(text.replace("index 1\n", "extra AAAA\nindex 1\n"), receipt))
        .as("what the log adds is not signed")
        .isTrue();
    for (String malformed :
        List.of(
            "",
            text.replace("@v1", "@v2"),
            text.replace("index 1", "index 01"),
            text.replace("index 1\n", ""),
            text.replace("index 1\n", "index 1\nAAAA\n"),
            text.replace("index 1\n", "extra AAA\nindex 1\n"),
            text.replace("\n\n", "\n"))) {
      assertThatThrownBy(() -> TlogProof.parse(malformed)).isInstanceOf(MalformedNote.class);
    }
  }

  @Test
  void aWatch_followsAGrowingLog_andAcceptsAnOlderView() {
    Note old = log.latest();
    LogWatch watch = LogWatch.begin(POLICY);
    for (int i = 0; i < 10; i++) {
      log.append(read("n" + i));
      watch = followed(watch, log.latest());
      assertThat(watch.seen()).contains(log.latest());
      watch = LogWatch.resume(POLICY, watch.seen().orElseThrow().toString());
    }
    assertThat(followed(watch, log.latest()).seen()).contains(log.latest());
    assertThat(followed(watch, old).seen()).as("the newer one is kept").contains(log.latest());
  }

  @Test
  void aLogThatShowsTwoHistories_isCaught_withTheEvidence() throws SQLException {
    try (TestStore elsewhere = TestStore.create(dir.resolve("elsewhere.db"))) {
      AuditLog twin = log(elsewhere);
      for (int i = 0; i < 3; i++) {
        log.append(read("true" + i));
        twin.append(read("false" + i));
      }
      LogWatch watch = followed(LogWatch.begin(POLICY), log.latest());
      assertThat(watch.observe(twin.latest(), tiles(elsewhere)))
          .isInstanceOfSatisfying(
              LogWatch.Outcome.Fork.class,
              fork -> {
                assertThat(fork.prefix()).as("two roots of one size are enough evidence").isEmpty();
                assertThat(fork.seen()).isEqualTo(log.latest());
                assertThat(fork.shown()).isEqualTo(twin.latest());
              });
      twin.append(read("more"));
      assertThat(watch.observe(twin.latest(), tiles(elsewhere)))
          .isInstanceOfSatisfying(
              LogWatch.Outcome.Fork.class, fork -> assertThat(fork.prefix()).isPresent());
      log.append(read("x"));
      log.append(read("y"));
      LogWatch longer = followed(watch, log.latest());
      assertThat(longer.observe(twin.latest(), tiles(store)))
          .as("also where the false history is the shorter one")
          .isInstanceOf(LogWatch.Outcome.Fork.class);
      assertThat(watch.observe(twin.latest(), tiles(store)))
          .as("tiles of another tree prove nothing")
          .isInstanceOf(LogWatch.Outcome.Unproven.class);
    }
  }

  @Test
  void aCheckpointSignedByAnUnknownKey_isNoEvidenceAboutTheLog() {
    LogWatch watch = followed(LogWatch.begin(POLICY), log.latest());
    Note forged = Note.sign(log.latest().text(), List.of(TestKeys.of(9).signer()));
    assertThat(watch.observe(forged, tiles(store))).isInstanceOf(LogWatch.Outcome.Untrusted.class);
  }

  private boolean proven(String text, Receipt receipt) {
    try {
      return TlogProof.parse(text).verify(hash(receipt), POLICY)
          instanceof TlogProof.Verdict.Proven;
    } catch (MalformedNote e) {
      return false;
    }
  }

  private LogWatch followed(LogWatch watch, Note shown) {
    return ((LogWatch.Outcome.Consistent) watch.observe(shown, tiles(store))).next();
  }

  private static TileSource<RuntimeException> tiles(TestStore store) {
    return (level, index, width) ->
        store.inRead(c -> new StoredTiles(c).hashes(level, index, width));
  }

  private TlogProof receipt(long index) {
    return store.inRead(c -> Receipts.proof(c, index)).orElseThrow();
  }

  private static byte[] hash(Receipt receipt) {
    return HexFormat.of().parseHex(receipt.leafHash());
  }

  private static TestKept keptAt(Note note) {
    TestKept kept = new TestKept();
    kept.keep(note.toString());
    return kept;
  }

  private static AuditLog log(TestStore store) {
    return new AuditLog(
        store, TestKeys.of(1), new TestKept(), InstantSource.system(), new SecureRandom());
  }

  private static AuditEntry read(String actor) {
    return AuditEntry.of(EntryType.READ, Map.of("actor", actor));
  }
}
