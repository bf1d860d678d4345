package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The states of a log that a start accepts and refuses. */
final class LogStartTest {
  private final TestKept kept = new TestKept();

  @TempDir Path dir;
  private TestStore store;
  private AuditLog log;

  @BeforeEach
  void create() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    log = open(TestKeys.of(1));
  }

  @AfterEach
  void close() throws SQLException {
    store.close();
  }

  @Test
  void everyTransaction_hasASignedCheckpoint_storedOutsideTheDatabase() {
    for (int i = 0; i < 3; i++) {
      log.append(read());
      Note latest = log.latest();
      assertThat(latest.verify(List.of(TestKeys.of(1).signer().verifier())))
          .isInstanceOf(Note.Verdict.Signed.class);
      assertThat(kept.read()).contains(latest.toString());
      assertThat(store.inRead(Checkpoints::latest)).contains(latest);
    }
    assertThat(log.size()).isEqualTo(4);
  }

  @Test
  void publishing_cosignsTheNewestCheckpointOnce() {
    log.append(read());
    Note published = log.publish();
    assertThat(published.text()).isEqualTo(log.latest().text());
    List<VerifierKey> keys = TestKeys.of(1).verifiers();
    assertThat(published.verify(keys)).isEqualTo(new Note.Verdict.Signed(keys));
    assertThat(log.publish()).isEqualTo(published);
    assertThat(store.inRead(Checkpoints::published)).contains(published);
    log.append(read());
    assertThat(store.inRead(Checkpoints::published)).as("until the next").contains(published);
    assertThat(covering(1)).contains(published);
    assertThat(covering(2)).contains(log.latest());
    assertThat(covering(3)).isEmpty();
    assertThat(problems()).isEmpty();
  }

  @Test
  void oldCosignatures_areDeleted_andTheLogStillVerifies() {
    for (int i = 0; i < 70; i++) {
      log.append(read());
      log.publish();
    }
    assertThat(count("SELECT count(*) FROM audit_cosignature")).isEqualTo(64);
    assertThat(count("SELECT count(*) FROM audit_checkpoint")).isEqualTo(71);
    assertThat(problems()).isEmpty();
  }

  /** The stored checkpoint has one disk block, and the number of witnesses has no limit. */
  @Test
  void aCosignedLog_startsAgain_andKeepsItsOwnSignatures() {
    log.append(read());
    Note published = log.publish();
    for (int i = 0; i < 3; i++) {
      SignerKey witness =
          SignerKey.mlDsa44Cosigner(
              "w" + i + ".example", TestKeys.seed(60 + i), InstantSource.system());
      store.inWrite(
          c -> {
            Checkpoints.add(c, log.size(), List.of(witness.sign(published.text())));
            return 0;
          });
    }
    assertThat(store.inRead(Checkpoints::published).orElseThrow().signatures()).hasSize(5);
    log = open(TestKeys.of(1));
    assertThat(log.latest().signatures()).hasSize(1);
    assertThat(kept.read()).contains(log.latest().toString());
    assertThat(log.latest().text()).isEqualTo(published.text());
  }

  @Test
  void anOlderDatabase_doesNotStart_andTheMessageSaysWhatToDo() throws Exception {
    log.append(read());
    store.close();
    Files.copy(dir.resolve("log.db"), dir.resolve("backup.db"));
    store = new TestStore(dir.resolve("log.db"));
    log = open(TestKeys.of(1));
    log.append(read());
    store.close();
    Files.move(
        dir.resolve("backup.db"), dir.resolve("log.db"), StandardCopyOption.REPLACE_EXISTING);
    store = new TestStore(dir.resolve("log.db"));
    assertThatThrownBy(() -> open(TestKeys.of(1)))
        .hasMessageContaining("once had 3")
        .hasMessageContaining("older state")
        .hasMessageContaining("Put the newer database back");
  }

  @Test
  void anotherDatabaseOfTheSameSize_doesNotStart() throws Exception {
    log.append(read());
    String seen = kept.read().orElseThrow();
    store.close();
    Files.delete(dir.resolve("log.db"));
    kept.forget();
    store = TestStore.create(dir.resolve("log.db"));
    log = open(TestKeys.of(1));
    log.append(AuditEntry.of(EntryType.READ, Map.of("actor", "other")));
    kept.keep(seen);
    assertThatThrownBy(() -> open(TestKeys.of(1))).hasMessageContaining("another log");
  }

  @Test
  void aDatabaseWithoutItsStoredCheckpoint_doesNotStart() {
    kept.forget();
    assertThatThrownBy(() -> open(TestKeys.of(1))).hasMessageContaining("Put that file back");
  }

  @Test
  void theStoredCheckpoint_mayBeBehindTheDatabase() {
    String behind = kept.read().orElseThrow();
    log.append(read());
    kept.keep(behind);
    log = open(TestKeys.of(1));
    assertThat(kept.read()).as("a start catches up").contains(log.latest().toString());
    kept.keep("");
    log = open(TestKeys.of(1));
    log.append(read());
    assertThat(problems()).isEmpty();
  }

  @Test
  void aLogWhoseCheckpointCannotBeStored_doesNotGrow_untilItCan() {
    kept.breakDown(true);
    log.append(read());
    assertThatThrownBy(() -> log.append(read())).isInstanceOf(StoreUnavailable.class);
    assertThat(log.size()).isEqualTo(2);
    kept.breakDown(false);
    assertThat(log.append(read()).index()).isEqualTo(2);
    assertThat(kept.read()).contains(log.latest().toString());
    assertThat(problems()).isEmpty();
  }

  @Test
  void otherKeysOrAnotherName_areRefused() {
    assertThatThrownBy(() -> open(TestKeys.of(2))).hasMessageContaining("not the ones");
    LogKeys renamed =
        LogKeys.of("other.example", TestKeys.seed(1), TestKeys.seed(101), InstantSource.system());
    assertThatThrownBy(() -> open(renamed)).hasMessageContaining("keeps its name");
  }

  @Test
  void aChangeOfKeys_isAnEntry_signedByOldAndNew() {
    log.append(read());
    Note old = log.latest();
    log = open(TestKeys.of(2).succeeding(TestKeys.of(1)));
    Note change = log.latest();
    VerifierKey before = TestKeys.of(1).signer().verifier();
    VerifierKey after = TestKeys.of(2).signer().verifier();
    assertThat(change.verify(List.of(before, after)))
        .isEqualTo(new Note.Verdict.Signed(List.of(after, before)));
    log.append(read());
    Note published = log.publish();
    assertThat(published.verify(List.of(before)))
        .as("readers have time to learn the new key")
        .isInstanceOf(Note.Verdict.Signed.class);
    assertThat(log.latest().verify(List.of(before))).isInstanceOf(Note.Verdict.Rejected.class);
    assertThat(old.verify(List.of(before))).isInstanceOf(Note.Verdict.Signed.class);
    assertThat(problems()).isEmpty();
    log = open(TestKeys.of(2));
    assertThat(log.size()).as("a start with the keys in force adds nothing").isEqualTo(4);
    assertThatThrownBy(() -> open(TestKeys.of(1))).hasMessageContaining("not the ones");
  }

  @Test
  void aChangeOfKeysWithoutTheOldKey_isReported() throws SQLException {
    log = open(TestKeys.of(2).succeeding(TestKeys.of(1)));
    String change = log.latest().toString();
    String alone =
        new Note(log.latest().text(), log.latest().signatures().subList(0, 1)).toString();
    store.sql(
        "UPDATE audit_checkpoint SET note = replace(note, '" + change + "', '" + alone + "')");
    assertThat(problems())
        .containsExactly("the keys were changed before size 2 without the old key's signature");
  }

  @Test
  void aCheckpointSignedByAnUnknownKey_isReported_andStopsTheStart() throws SQLException {
    String text = log.latest().text();
    Note forged = Note.sign(text, List.of(TestKeys.of(3).signer()));
    store.sql("UPDATE audit_checkpoint SET note = '" + forged + "'");
    assertThat(problems()).singleElement().asString().contains("no known key signed it");
    assertThatThrownBy(() -> open(TestKeys.of(1))).hasMessageContaining("not signed by the key");
  }

  @Test
  void aFalseCosignature_isReported() throws SQLException {
    log.append(read());
    log.publish();
    log.append(read());
    Note other = log.publish();
    String line = other.signatures().getLast().line();
    store.sql("UPDATE audit_cosignature SET line = '" + line + "' WHERE size = 2");
    assertThat(problems()).singleElement().asString().contains("size 2", "is false");
  }

  @Test
  void noEntryIsRecorded_aboutACustomerErasedMeanwhile() {
    AuditEntry about = read().about(7, new Sealer((byte) 1), Map.of());
    log.append(about);
    store.inWrite(c -> log.stageErasure(c, 7, Map.of("request", "r-1"), 1_000));
    assertThatThrownBy(() -> log.append(about)).isInstanceOf(StoreUnavailable.class);
    assertThat(problems()).isEmpty();
    assertThat(log.size()).isEqualTo(3);
  }

  @Test
  void anErasureThatWasRolledBack_didNotHappen() {
    AuditEntry about = read().about(7, new Sealer((byte) 1), Map.of());
    log.append(about);
    assertThatThrownBy(
            () ->
                store.inWrite(
                    c -> {
                      log.stageErasure(c, 7, Map.of("request", "r-1"), 1_000);
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    log.append(about);
    log.index();
    assertThat(count("SELECT max(n) FROM audit_by_customer WHERE subject = 7")).isEqualTo(1);
    assertThat(problems()).isEmpty();
  }

  @Test
  void aPrivatePartThatReappears_isReported() throws SQLException {
    log.append(read().about(7, new Sealer((byte) 1), Map.of()));
    store.sql("CREATE TABLE hidden AS SELECT * FROM audit_sealed");
    store.inWrite(c -> log.stageErasure(c, 7, Map.of("request", "r-1"), 1_000));
    store.sql("INSERT INTO audit_sealed SELECT * FROM hidden");
    assertThat(problems()).anySatisfy(problem -> assertThat(problem).contains("reappeared"));
  }

  private AuditLog open(LogKeys keys) {
    return new AuditLog(store, keys, kept, InstantSource.system(), new SecureRandom());
  }

  private static AuditEntry read() {
    return AuditEntry.of(EntryType.READ, Map.of("actor", "shop"));
  }

  private Optional<Note> covering(long index) {
    return store.inRead(c -> Checkpoints.covering(c, index));
  }

  private List<String> problems() {
    return store.inRead(LogVerifier::verify).problems();
  }

  private long count(String sql) {
    return store.inRead(
        c -> {
          try (var statement = c.createStatement();
              var row = statement.executeQuery(sql)) {
            return row.getLong(1);
          }
        });
  }
}
