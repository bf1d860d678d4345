package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.AccessProof.Verdict;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.proof.TrustPolicy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs that a list of a customer's entries is complete, and every way to falsify one. */
final class CompletenessTest {
  private static final TrustPolicy POLICY =
      TrustPolicy.of(List.of(TestKeys.of(1).signer().verifier()));
  private static final long ANN = 7;
  private static final long BOB = 8;

  @TempDir Path dir;
  private final Sealer ann = new Sealer((byte) 1);
  private final Sealer bob = new Sealer((byte) 2);
  private TestStore store;
  private TestStore indexStore;
  private AuditLog log;
  private VerifiableIndex index;

  @BeforeEach
  void create() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    indexStore = new TestStore(dir.resolve("index.db"));
    indexStore.sql(VerifiableIndex.schema().split(";"));
    log = log(store);
    index = new VerifiableIndex(store, log, indexStore);
  }

  @AfterEach
  void close() throws SQLException {
    store.close();
    indexStore.close();
  }

  @Test
  void theWholeList_isProvedFromTheTextAlone() {
    for (int i = 0; i < 300; i++) {
      log.append(i % 10 == 3 ? about(ANN, ann) : i % 3 == 0 ? about(BOB, bob) : nobody());
    }
    assertThat(index.update()).isTrue();
    AccessProof proof = AccessProof.parse(proof(true).toString());
    Verdict.Complete complete = (Verdict.Complete) proof.verify(ann::label, POLICY);
    assertThat(complete.total()).isEqualTo(30);
    assertThat(complete.whole()).isTrue();
    assertThat(complete.entries()).hasSize(30);
    assertThat(complete.entries().getFirst().index()).isEqualTo(4);
    assertThat(complete.covered()).isEqualTo(302);
    assertThat(problems()).isEmpty();
  }

  @Test
  void aListInParts_isProvedPartByPart() {
    for (int i = 0; i < 25; i++) {
      log.append(about(ANN, ann));
    }
    index.update();
    List<AccessProof.Entry> all = new ArrayList<>();
    for (long first = 0; first < 25; first += 10) {
      AccessProof part = index.accesses(ANN, ann, first, 10, false).orElseThrow();
      Verdict.Complete complete = (Verdict.Complete) part.verify(ann::label, POLICY);
      assertThat(complete.total()).isEqualTo(25);
      assertThat(complete.whole()).isFalse();
      all.addAll(complete.entries());
    }
    assertThat(all).hasSize(25);
  }

  @Test
  void aCustomerWithoutEntries_getsAProvedEmptyList() {
    log.append(about(BOB, bob));
    index.update();
    Verdict.Complete complete = (Verdict.Complete) proof(false).verify(ann::label, POLICY);
    assertThat(complete.total()).isZero();
    assertThat(complete.whole()).isTrue();
  }

  @Test
  void entriesAfterTheLastRoot_areFoundInTheTail() {
    log.append(about(ANN, ann));
    index.update();
    log.append(nobody());
    log.append(about(ANN, ann));
    Verdict.Complete late = (Verdict.Complete) proof(true).verify(ann::label, POLICY);
    assertThat(late.total()).isEqualTo(1);
    assertThat(late.entries()).hasSize(2);
    assertThat(late.covered()).isEqualTo(log.size());
    Verdict.Complete early = (Verdict.Complete) proof(false).verify(ann::label, POLICY);
    assertThat(early.entries()).hasSize(1);
    assertThat(early.covered()).isEqualTo(2);
    index.update();
    assertThat(((Verdict.Complete) proof(false).verify(ann::label, POLICY)).total()).isEqualTo(2);
  }

  @Test
  void theIndex_recordsARootOnlyAfterNewEntries() {
    assertThat(index.update()).isTrue();
    assertThat(index.update()).isFalse();
    log.append(nobody());
    assertThat(index.update()).isTrue();
    assertThat(index.update()).isFalse();
    assertThat(log.size()).isEqualTo(4);
  }

  @Test
  void aRestartedIndex_continues_evenIfItsRootWasNotRecorded() throws SQLException {
    log.append(about(ANN, ann));
    index.update();
    index = new VerifiableIndex(store, log, indexStore);
    assertThat(index.update()).isFalse();
    log.append(about(ANN, ann));
    index.update();
    // As if the program had died between the index's commit and the log's: the root is elsewhere.
    store.close();
    store = TestStore.create(dir.resolve("again.db"));
    log = log(store);
    log.append(about(ANN, ann));
    log.append(nobody());
    log.append(about(ANN, ann));
    index = new VerifiableIndex(store, log, indexStore);
    assertThat(index.accesses(ANN, ann, 0, 10, false)).isEmpty();
    assertThat(index.update()).isTrue();
    assertThat(proof(false).verify(ann::label, POLICY)).isInstanceOf(Verdict.Complete.class);
    assertThat(problems()).isEmpty();
  }

  @Test
  void labelsThatWereNotStored_areProved_andTakenInAgainAfterACrash() {
    for (int update = 0; update < 3; update++) {
      log.append(Collections.nCopies(300, about(ANN, ann)));
      assertThat(index.update()).isTrue();
      assertThat(proof(false).verify(ann::label, POLICY)).isInstanceOf(Verdict.Complete.class);
    }
    index = new VerifiableIndex(store, log, indexStore);
    assertThat(index.accesses(ANN, ann, 0, 10, false)).isEmpty();
    assertThat(index.update()).isTrue();
    assertThat(((Verdict.Complete) proof(false).verify(ann::label, POLICY)).total()).isEqualTo(900);
    assertThat(problems()).isEmpty();
    // A small update stores all that is pending.
    log.append(about(ANN, ann));
    index.update();
    index = new VerifiableIndex(store, log, indexStore);
    assertThat(((Verdict.Complete) proof(false).verify(ann::label, POLICY)).total()).isEqualTo(901);
  }

  @Test
  void anIndexThatDoesNotMatchTheLog_isRebuilt() throws SQLException {
    log.append(about(ANN, ann));
    index.update();
    indexStore.sql("UPDATE map_bucket SET hash = zeroblob(32)");
    index = new VerifiableIndex(store, log, indexStore);
    log.append(about(ANN, ann));
    index.update();
    assertThat(proof(false).verify(ann::label, POLICY)).isInstanceOf(Verdict.Complete.class);
    indexStore.sql("UPDATE map_state SET size = 1000");
    index = new VerifiableIndex(store, log, indexStore);
    log.append(about(ANN, ann));
    index.update();
    assertThat(proof(false).verify(ann::label, POLICY)).isInstanceOf(Verdict.Complete.class);
    assertThat(problems()).isEmpty();
  }

  @Test
  void anIndexOfAnotherLog_isRebuilt_evenIfNoRootOfThatSizeDiffers() throws SQLException {
    log.append(about(BOB, bob));
    log.append(about(BOB, bob));
    index.update();
    store.close();
    store = TestStore.create(dir.resolve("other.db"));
    log = log(store);
    for (int i = 0; i < 10; i++) {
      log.append(about(ANN, ann));
    }
    index = new VerifiableIndex(store, log, indexStore);
    index.update();
    assertThat(((Verdict.Complete) proof(false).verify(ann::label, POLICY)).total()).isEqualTo(10);
    assertThat(problems()).isEmpty();
  }

  @Test
  void aRebuiltIndex_recordsNoRoot_untilItHasCaughtUp() throws SQLException {
    log.append(about(ANN, ann));
    index.update();
    assertThat(index.lag()).isZero();
    log.append(Collections.nCopies(70_000, nobody()));
    log.append(about(ANN, ann));
    assertThat(index.lag()).isEqualTo(70_001);
    indexStore.sql("DELETE FROM map_records", "DELETE FROM map_bucket", "DELETE FROM map_state");
    index = new VerifiableIndex(store, log, indexStore);
    assertThat(index.update()).isFalse();
    assertThat(index.accesses(ANN, ann, 0, 10, false)).isEmpty();
    assertThat(index.lag()).isEqualTo(70_001);
    assertThat(index.update()).isTrue();
    assertThat(index.lag()).isZero();
    assertThat(((Verdict.Complete) proof(false).verify(ann::label, POLICY)).total()).isEqualTo(2);
    assertThat(problems()).isEmpty();
  }

  @Test
  void afterAnErasure_theRootsStillHold() {
    log.append(about(ANN, ann));
    index.update();
    store.inWrite(c -> log.stageErasure(c, ANN, Map.of("request", "r-1"), 1_000));
    index.update();
    assertThat(problems()).isEmpty();
  }

  @Test
  void anErasureInSteps_leavesALogThatIsWholeAfterEach() {
    for (int i = 0; i < 7; i++) {
      log.append(about(ANN, ann));
    }
    index.update();
    for (int left = 4; left > 0; left--) {
      store.inWrite(c -> log.stageErasure(c, ANN, Map.of("request", "r-1"), 2));
      assertThat(problems()).as("%d steps left", left).isEmpty();
    }
    assertThat(store.<Long>inRead(c -> AuditReader.count(c, ANN, 100))).isZero();
    assertThatThrownBy(() -> log.append(about(ANN, ann))).isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void aHiddenLastEntry_isCaught() {
    fill();
    AccessProof proof = proof(false);
    List<AccessProof.Access> fewer = proof.accesses().subList(0, proof.accesses().size() - 1);
    List<AccessProof.Absence> shifted = new ArrayList<>();
    shifted.add(new AccessProof.Absence(fewer.size(), proof.absences().getFirst().proof()));
    shifted.addAll(proof.absences());
    assertRefuted(new AccessProof(proof.root(), fewer, shifted, List.of(), proof.checkpoint()));
    // Even with the index's own proof for that label: it says where the entry is.
    AccessProof.Access hidden = proof.accesses().getLast();
    shifted.set(
        0,
        new AccessProof.Absence(
            hidden.n(),
            new io.contextkeep.audit.labels.LabelProof(
                hidden.siblings(),
                Optional.of(
                    new io.contextkeep.audit.labels.Labelled(
                        ann.label(hidden.n()), hidden.entry().index())))));
    assertRefuted(new AccessProof(proof.root(), fewer, shifted, List.of(), proof.checkpoint()));
  }

  @Test
  void aHiddenEntryInTheMiddle_andAListWithoutAnEnd_areCaught() {
    fill();
    AccessProof proof = proof(false);
    List<AccessProof.Access> gap = new ArrayList<>(proof.accesses());
    gap.remove(3);
    assertRefuted(
        new AccessProof(proof.root(), gap, proof.absences(), List.of(), proof.checkpoint()));
    assertRefuted(
        new AccessProof(proof.root(), proof.accesses(), List.of(), List.of(), proof.checkpoint()));
    assertRefuted(
        new AccessProof(
            proof.root(),
            proof.accesses(),
            proof.absences().subList(0, 63),
            List.of(),
            proof.checkpoint()));
  }

  @Test
  void anotherCustomersEntries_andAnotherKey_areCaught() {
    fill();
    AccessProof bobs = index.accesses(BOB, bob, 0, 100, false).orElseThrow();
    assertThat(bobs.verify(bob::label, POLICY)).isInstanceOf(Verdict.Complete.class);
    assertRefuted(bobs);
  }

  @Test
  void aFalseRootOfTheIndex_isCaughtByAReplayOfTheLog() {
    fill();
    log.appendOwn(EntryType.MAP_ROOT, Map.of("size", log.size(), "root", "00".repeat(32)));
    assertThat(problems()).anyMatch(p -> p.contains("false root"));
  }

  @Test
  void aRootThatGoesBackOrAhead_isCaught() {
    fill();
    log.appendOwn(EntryType.MAP_ROOT, Map.of("size", 1_000, "root", "00".repeat(32)));
    log.appendOwn(EntryType.MAP_ROOT, Map.of("size", 2, "root", "00".repeat(32)));
    assertThat(problems()).filteredOn(p -> p.contains("records no root")).hasSize(2);
  }

  @Test
  void aSkippedNumber_isCaughtByTheCustomer_andADuplicateLabelByAnyReader() {
    Sealer skipping = new Sealer((byte) 1, n -> n == 2 ? 40 : n);
    for (int i = 0; i < 4; i++) {
      log.append(about(ANN, skipping));
    }
    index.update();
    assertRefuted(index.accesses(ANN, ann, 0, 100, false).orElseThrow());
    log.append(about(BOB, new Sealer((byte) 2, n -> 0)));
    log.append(about(BOB, new Sealer((byte) 2, n -> 0)));
    index.update();
    assertThat(problems()).anyMatch(p -> p.contains("belongs to another entry already"));
  }

  @Test
  void everyChangedLine_ofAProof_isCaught() {
    log.append(about(ANN, ann));
    log.append(about(BOB, bob));
    log.append(about(ANN, ann));
    index.update();
    String text = proof(true).toString();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      for (String changed : List.of("", flipped(lines[i]))) {
        if (!changed.equals(lines[i])) {
          List<String> mutated = new ArrayList<>(List.of(lines));
          mutated.set(i, changed);
          assertThat(proven(String.join("\n", mutated))).as("line %d: %s", i, lines[i]).isFalse();
        }
      }
    }
    assertThat(proven(text)).isTrue();
  }

  @Test
  void aViewKey_derivesTheSameLabelsAsTheVault() {
    ViewKey key = new ViewKey(TestKeys.seed(1));
    for (long n : new long[] {0, 1, 1L << 40}) {
      assertThat(key.label(n)).isEqualTo(ann.label(n));
    }
    assertThat(key).hasToString("ViewKey[redacted]");
  }

  @Test
  void aListWithoutTheEnrolmentOfTheCustomersKey_isRejected() {
    ViewKey key = new ViewKey(TestKeys.seed(1));
    log.append(AuditEntry.enrolment(Map.of("actor", "crm"), ANN, key, ann));
    log.append(about(ANN, ann));
    log.append(AuditEntry.enrolment(Map.of("actor", "crm"), BOB, key, bob));
    index.update();
    assertThat(proof(false).verify(key, POLICY)).isInstanceOf(Verdict.Complete.class);
    AccessProof bobs = index.accesses(BOB, bob, 0, 10, false).orElseThrow();
    ViewKey other = new ViewKey(TestKeys.seed(2));
    assertThat(bobs.verify(bob::label, POLICY)).isInstanceOf(Verdict.Complete.class);
    assertThat(bobs.verify(other, POLICY))
        .isInstanceOfSatisfying(
            Verdict.Refuted.class, r -> assertThat(r.why()).contains("does not commit"));
    assertThat(ViewKey.parse(key.hex()).commitment()).isEqualTo(key.commitment());
  }

  @Test
  void malformedProofs_areRefused() {
    for (String text : List.of("", "contextkeep/access-proof@v1\n", "c2sp.org/tlog-proof@v1\n\n")) {
      assertThatThrownBy(() -> AccessProof.parse(text)).isInstanceOf(MalformedNote.class);
    }
  }

  /** Changes the character in the middle of a line that has one. */
  private static String flipped(String line) {
    if (line.isEmpty()) {
      return "x";
    }
    int at = line.length() / 2;
    return line.substring(0, at) + (line.charAt(at) == 'A' ? 'B' : 'A') + line.substring(at + 1);
  }

  private boolean proven(String text) {
    try {
      Verdict verdict = AccessProof.parse(text).verify(ann::label, POLICY);
      return verdict instanceof Verdict.Complete complete && complete.entries().size() == 2;
    } catch (MalformedNote e) {
      return false;
    }
  }

  private void fill() {
    for (int i = 0; i < 40; i++) {
      log.append(i % 4 == 0 ? about(ANN, ann) : about(BOB, bob));
    }
    index.update();
    assertThat(proof(false).verify(ann::label, POLICY)).isInstanceOf(Verdict.Complete.class);
    assertThat(problems()).isEmpty();
  }

  private void assertRefuted(AccessProof proof) {
    assertThat(proof.verify(ann::label, POLICY)).isInstanceOf(Verdict.Refuted.class);
  }

  private AccessProof proof(boolean tail) {
    return index.accesses(ANN, ann, 0, 1_000, tail).orElseThrow();
  }

  private List<String> problems() {
    return store.inRead(LogVerifier::verify).problems();
  }

  private static AuditLog log(TestStore store) {
    return new AuditLog(
        store, TestKeys.of(1), new TestKept(), InstantSource.system(), new SecureRandom());
  }

  private static AuditEntry about(long subject, Sealer sealer) {
    return nobody().about(subject, sealer, Map.of("reason", "x"));
  }

  private static AuditEntry nobody() {
    return AuditEntry.of(EntryType.READ, Map.of("actor", "shop"));
  }
}
