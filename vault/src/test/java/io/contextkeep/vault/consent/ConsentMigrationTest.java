package io.contextkeep.vault.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates.Held;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The consents of an older version, whose states told nothing of the history. */
final class ConsentMigrationTest {
  private static final int OLDER = 21;
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();
  private static final SubjectId ANN = new SubjectId(7);
  private static final Purpose CARE = Purpose.parse("dpv:CustomerCare").orElseThrow();

  private Db db;
  private ConsentLedger ledger;
  private ConsentReceipts receipts;

  /** A yes that was withdrawn, a no after which others said something, and a yes that stands. */
  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("vault.db");
    try (Db older = Db.open(file, Schema.migrations().subList(0, OLDER), THREADS)) {
      older.inWrite(ConsentMigrationTest::said);
    }
    db = Db.open(file, Schema.migrations(), THREADS);
    ledger = new ConsentLedger(new NobodyListens(), InstantSource.system());
    Path keys = Files.createDirectories(dir.resolve("keys"));
    receipts =
        new ConsentReceipts(
            ledger,
            new Notices(),
            new JwsKey(
                "receipts-1",
                FileRootKey.openOrCreate(keys.resolve("root.key")).subkey("receipts")),
            "urn:vault",
            () -> "http://127.0.0.1:8080");
  }

  @AfterEach
  void close() {
    db.close();
  }

  private static final class NobodyListens implements ConsentLedger.Listener {
    @Override
    public void onConsentChange(Connection c, ConsentEvent latest, long since) {}

    @Override
    public void onObjection(Connection c, SubjectId subject, Purpose purpose) {}
  }

  private static int said(Connection c) throws SQLException {
    Sql.update(c, "INSERT INTO subject (id) VALUES (?)", ANN.value());
    Sql.update(
        c,
        """
        INSERT INTO consent_event (id, subject, purpose, recipient, status, explicit, notice,
          language, method, at, said_by)
        VALUES (1, 7, 'dpv:CustomerCare', 'shop', 'GIVEN', 0, 'unversioned', 'und', 'api', 100,
            'SUBJECT'),
          (2, 7, 'dpv:CustomerCare', 'shop', 'WITHDRAWN', 0, 'unversioned', 'und', 'api', 200,
            'SUBJECT'),
          (3, 7, 'dpv:CustomerCare', 'bank', 'REFUSED', 0, 'unversioned', 'und', 'api', 300,
            'SUBJECT'),
          (4, 7, 'dpv:CustomerCare', 'bank', 'REVOKED', 0, 'unversioned', 'und', 'tcf', 350,
            'CONTROLLER'),
          (5, 7, 'dpv:CustomerCare', 'club', 'REVOKED', 0, 'unversioned', 'und', 'tcf', 300,
            'CONTROLLER'),
          (6, 7, 'dpv:CustomerCare', 'post', 'GIVEN', 0, 'unversioned', 'und', 'api', 320,
            'SUBJECT')\
        """);
    Sql.update(
        c,
        """
        INSERT INTO consent_state
          (subject, purpose, recipient, event, status, explicit, at, since, yields)
        VALUES (7, 'dpv:CustomerCare', 'shop', 2, 'WITHDRAWN', 0, 200, 0, 0),
          (7, 'dpv:CustomerCare', 'bank', 3, 'REFUSED', 0, 300, 0, 0),
          (7, 'dpv:CustomerCare', 'club', 5, 'REVOKED', 0, 300, 0, 1),
          (7, 'dpv:CustomerCare', 'post', 6, 'GIVEN', 0, 320, 6, 0)\
        """);
    return Sql.update(
        c,
        """
        INSERT INTO consent_receipt (number, subject, first, last, at, form, current)
        VALUES (1, 7, 2, 2, 200, 1, 1), (2, 7, 3, 3, 300, 1, 0), (3, 7, 4, 5, 350, 1, 1)\
        """);
  }

  private static ConsentEvent event(String recipient, ConsentStatus status, long at) {
    return new ConsentEvent(
        0,
        ANN,
        CARE,
        recipient,
        status,
        false,
        "unversioned",
        "und",
        "api",
        Instant.ofEpochMilli(at),
        null);
  }

  private Matter matter(String recipient) {
    return db.inRead(c -> Matter.of(c, event(recipient, ConsentStatus.REFUSED, 1_000)));
  }

  private Optional<Long> currentOf(ConsentEvent event) {
    return db.inRead(c -> receipts.current(c, event));
  }

  private List<Long> current() {
    return db.inRead(
        c ->
            Sql.query(
                c,
                "SELECT number FROM consent_receipt WHERE current = 1 ORDER BY number",
                row -> row.getLong(1)));
  }

  @Test
  void theState_knowsWhatTheHistoryTold() {
    assertThat(matter("shop"))
        .isEqualTo(
            new Matter(
                Optional.of(new Held(ConsentStatus.WITHDRAWN, true, false, null, 0)),
                Optional.of(200L),
                Optional.of(1L),
                Optional.of(100L),
                Optional.of(1L)));
    assertThat(matter("bank"))
        .isEqualTo(
            new Matter(
                Optional.of(new Held(ConsentStatus.REFUSED, true, false, null, 0)),
                Optional.of(350L),
                Optional.empty(),
                Optional.empty(),
                Optional.of(3L)));
    assertThat(matter("club").held().orElseThrow().own()).isFalse();
    assertThat(matter("post"))
        .isEqualTo(
            new Matter(
                Optional.of(new Held(ConsentStatus.GIVEN, true, false, null, 6)),
                Optional.of(320L),
                Optional.of(6L),
                Optional.of(320L),
                Optional.empty()));
    TreeSet<String> given = db.inRead(c -> ledger.everGiven(c, ANN, CARE, "*"));
    assertThat(given).containsExactly("post", "shop");
    Optional<ConsentEvent> yes = db.inRead(c -> ledger.lastYes(c, ANN, CARE, "shop"));
    assertThat(yes.map(ConsentEvent::id)).contains(1L);
  }

  @Test
  void aChange_supersedesTheOlderReceipt_andItsOwnHasANumberThatNoneHad() {
    assertThat(current()).containsExactly(1L, 3L);
    ConsentEvent refused = event("bank", ConsentStatus.REFUSED, 1_000);
    assertThat(currentOf(refused)).contains(3L);
    Optional<Long> number = db.inWrite(c -> receipts.append(c, List.of(refused)));
    assertThat(number).contains(7L);
    assertThat(current()).containsExactly(1L, 7L);
    assertThat(currentOf(refused)).contains(7L);
    assertThat(db.<Boolean>inRead(c -> receipts.signed(c, ANN, 7).isPresent())).isTrue();
  }

  @Test
  void aConsentWithoutANotice_supersedesTheReceipt_andHasNone() {
    ConsentEvent given = event("shop", ConsentStatus.GIVEN, 1_000);
    Optional<Long> number = db.inWrite(c -> receipts.append(c, List.of(given)));
    assertThat(number).isEmpty();
    assertThat(current()).containsExactly(3L);
    assertThat(currentOf(given)).isEmpty();
  }

  @Test
  void anEventOfNow_isPlacedAfterAllThatWasSaid() {
    ConsentLedger behind = new ConsentLedger(new NobodyListens(), () -> Instant.ofEpochMilli(310));
    Instant no = db.inRead(c -> behind.placed(c, ANN, true, Optional.empty()));
    Instant yes = db.inRead(c -> behind.placed(c, ANN, false, Optional.empty()));
    assertThat(no.toEpochMilli()).isEqualTo(350);
    assertThat(yes.toEpochMilli()).as("after the no of that instant").isEqualTo(351);
  }
}
