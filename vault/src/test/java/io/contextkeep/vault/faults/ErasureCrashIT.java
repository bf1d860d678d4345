package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.Disk;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.LoggedEntries;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.erasure.Erasure;
import io.contextkeep.vault.erasure.ReceiptCode;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A crash between any two steps of an erasure: the next start finishes it, and no data of the
 * customer is left on disk, not even data sealed with the destroyed key.
 */
@Timeout(120)
final class ErasureCrashIT {
  private static final String ANN = "17850";
  private static final String BOB = "12347";
  private static final String CODE = "crash-7Qh2Zk9VbXw4Lr8Tn1";

  /** The number of rows, more than a few transactions delete. */
  private static final int EVENTS = 2_000;

  private static final int PARTS = 600;

  /** The progress of the erasure at the crash. */
  private enum Done {
    MARKED,
    RECIPIENTS_NOTED,
    KEY_DESTROYED,
    SOME_ROWS_DELETED,
    ROWS_DELETED
  }

  @TempDir Path dir;
  private List<byte[]> traces = List.of();
  private String number = "";

  @BeforeEach
  void fill() throws Exception {
    try (LiveVault vault = LiveVault.start(before(), Map.of())) {
      vault.furnish(BOB);
      vault.furnish(ANN);
      vault.parties().write(ANN, "email", "\"ann@example.com\"").ok();
      vault
          .parties()
          .ingest(
              """
              {"customer":{"customer_number":"17850","email":"ann@example.com"},"event":"purchase",\
              "id":"i1","observed":"2026-01-01T00:00:00Z","value":{"what":"a teapot"}}\
              """,
              "k1")
          .ok();
      vault.read(ANN);
      vault.parties().view(ANN).ok();
    }
  }

  @ParameterizedTest
  @EnumSource(Done.class)
  void anInterruptedErasure_isFinishedByTheNextStart(Done done) throws Exception {
    crashAfter(done);

    try (LiveVault vault = LiveVault.start(after(), Map.of())) {
      Disk.holdsNone(after(), traces);
      assertThat(vault.parties().ask(ANN).status()).isEqualTo(403);
      assertThat(vault.parties().view(ANN).status()).isEqualTo(404);
      assertThat(vault.parties().view(ANN).body()).doesNotContain("France", "ann@example.com");
      assertThat(vault.db().<Long>inRead(c -> number(c, "SELECT count(*) FROM subject")))
          .isEqualTo(1);
      vault.read(BOB);
      assertOneCertificate(vault);
      assertTheCodeLeadsToIt(vault);
    }
    Disk.holdsNone(after(), traces);
  }

  /** Checks that the certificate is complete and valid, under the number given before the crash. */
  private void assertOneCertificate(LiveVault vault) throws Exception {
    Answer answer =
        vault
            .parties()
            .send("GET", "/v1/erasures/" + number, vault.parties().customer(BOB), "", Map.of())
            .ok();
    String payload = answer.body().split("\\.", -1)[1];
    JsonNode certificate = new ObjectMapper().readTree(Base64.getUrlDecoder().decode(payload));
    Map<String, Integer> deleted = new TreeMap<>();
    certificate
        .at("/step/1/deleted")
        .forEach(rows -> deleted.put(rows.path("table").asText(), rows.path("rows").asInt()));
    assertThat(deleted)
        .containsEntry("identifier", 2)
        .containsEntry("event", EVENTS)
        .containsEntry("consent_event", 1)
        .hasEntrySatisfying("value", values -> assertThat(values).isGreaterThanOrEqualTo(2))
        .hasEntrySatisfying("audit_private", parts -> assertThat(parts).isGreaterThan(PARTS));
    assertThat(certificate.path("occasion").asText()).isEqualTo("ck:Asked");
    assertThat(certificate.at("/recipient/identifier").asText())
        .isEqualTo("urn:contextkeep:app:shop");
    assertThat(certificate.at("/recipient/noticeState").asText()).isEqualTo("ck:NotTold");
    List<Instant> times =
        certificate.path("step").findValuesAsText("endedAt").stream().map(Instant::parse).toList();
    assertThat(times).hasSizeGreaterThanOrEqualTo(3).isSorted();
    assertThat(Instant.parse(certificate.path("askedAt").asText()))
        .isBeforeOrEqualTo(times.getFirst());
    assertThat(vault.db().<Long>inRead(c -> number(c, "SELECT count(*) FROM erasure_certificate")))
        .isEqualTo(1);
    assertThat(vault.db().<Long>inRead(c -> number(c, "SELECT count(*) FROM erasure_notice")))
        .isEqualTo(1);
  }

  /** Checks the certificate without an account, and by repeating the request. */
  private void assertTheCodeLeadsToIt(LiveVault vault) throws Exception {
    Map<String, String> code = Map.of("Idempotency-Key", CODE);
    String answer = vault.parties().send("GET", "/v1/erasures", "", "", code).ok().body();
    JsonNode json = new ObjectMapper().readTree(answer);
    assertThat(json.path("erased").asBoolean()).isTrue();
    assertThat(json.at("/certificate/number").asText()).isEqualTo(number);
    // Meanwhile the last copies may have been cleaned away, which the same certificate then says.
    String again =
        vault
            .parties()
            .send("DELETE", "/v1/me", vault.parties().customer(ANN), "", code)
            .ok()
            .body();
    assertThat(new ObjectMapper().readTree(again).at("/certificate/number").asText())
        .isEqualTo(number);
  }

  /** Takes the steps by hand on the closed vault's files and copies the result. */
  private void crashAfter(Done done) throws Exception {
    SecureRandom random = new SecureRandom();
    FileRootKey root = FileRootKey.openOrCreate(before().resolve("keys/root.key"));
    Duration deadline = Duration.ofMillis(500);
    try (SubjectKeys keys =
            new SubjectKeys(before().resolve("keys/keys.db"), root, random, Thread::new, deadline);
        Db db = Db.open(vaultDb(), Schema.migrations(), Thread::new, deadline)) {
      AuditLog log = Inside.log(before().resolve("keys"), db, root);
      Customers customers = new Customers(new BlindIndex(root), IdentifierKinds.NONE);
      Erasure erasure =
          new Erasure(
              db, customers, keys, log, Inside.held(db), InstantSource.system(), Optional.empty());
      Identifier identifier = new Identifier("customer_number", ANN);
      SubjectId ann = db.inRead(c -> customers.find(c, identifier)).orElseThrow();
      traces = traces(db, ann);
      traces.forEach(trace -> assertThat(Disk.holds(before(), trace)).isTrue());
      remember(db, log, keys.find(ann).orElseThrow(), ann);
      number = erasure.mark(ann, ReceiptCode.parse(CODE)).orElseThrow();
      switch (done) {
        case MARKED -> {}
        case RECIPIENTS_NOTED ->
            finishButFor(before().resolve("keys/keys.db"), "data_key", erasure, ann);
        case KEY_DESTROYED -> finishButFor(vaultDb(), "value", erasure, ann);
        case SOME_ROWS_DELETED -> {
          finishButFor(vaultDb(), "event WHEN (SELECT count(*) FROM event) < 1000", erasure, ann);
          assertThat(db.<Long>inRead(c -> number(c, "SELECT count(*) FROM event")))
              .isBetween(1_000L, EVENTS - 1L);
        }
        case ROWS_DELETED -> finishButForTheLog(db, erasure, ann);
      }
      assertThat(db.inRead(LogVerifier::verify).problems()).isEmpty();
      Disk.crashImage(before(), after());
    }
  }

  /** Makes a long history of events and accesses. */
  private static void remember(Db db, AuditLog log, SubjectKey key, SubjectId ann) {
    db.inWrite(
        c ->
            Sql.update(
                c,
                """
                INSERT INTO event (subject, name, observed, id, source, batch, sealed, body)
                WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                SELECT subject, name, observed, CAST(i AS BLOB), source, batch, sealed, body
                FROM event, n WHERE subject = ?\
                """,
                EVENTS,
                ann.value()));
    AuditEntry look =
        AuditEntry.of(EntryType.SELF_VIEW, Map.of("action", "values"))
            .about(ann.value(), key, Map.of());
    log.append(Collections.nCopies(PARTS, look));
  }

  /** Makes deletions from a table fail, so that this and later steps fail. */
  private static void finishButFor(Path file, String table, Erasure erasure, SubjectId ann)
      throws Exception {
    try (Connection c = Evidence.open(file)) {
      Sql.update(
          c,
          "CREATE TRIGGER stop BEFORE DELETE ON "
              + table
              + " BEGIN SELECT RAISE(ABORT, 'stopped'); END");
      assertThatThrownBy(() -> erasure.finish(ann, "cut-short"))
          .isInstanceOf(RuntimeException.class);
      Sql.update(c, "DROP TRIGGER stop");
    }
  }

  /** Opens a reader that keeps the deleted rows in the write-ahead log. */
  private static void finishButForTheLog(Db db, Erasure erasure, SubjectId ann) {
    db.inRead(
        c -> {
          number(c, "SELECT count(*) FROM subject");
          assertThatThrownBy(() -> erasure.finish(ann, "cut-short"))
              .isInstanceOf(StoreUnavailable.class);
          return 0;
        });
  }

  /** Returns all sealed or blinded data of the customer, as stored. */
  private List<byte[]> traces(Db db, SubjectId subject) throws SQLException {
    List<byte[]> found = new ArrayList<>();
    for (String select :
        List.of(
            "SELECT blind FROM identifier WHERE subject = ?",
            "SELECT sealed FROM identifier WHERE subject = ?",
            "SELECT sealed FROM value WHERE subject = ?",
            "SELECT sealed FROM event WHERE subject = ?")) {
      List<byte[]> rows =
          db.inRead(c -> Sql.query(c, select, row -> row.getBytes(1), subject.value()));
      assertThat(rows).as(select).isNotEmpty();
      found.addAll(rows);
    }
    List<byte[]> parts = db.inRead(c -> parts(c, subject));
    assertThat(parts).isNotEmpty();
    found.addAll(parts);
    try (Connection c = Evidence.open(before().resolve("keys/keys.db"))) {
      found.addAll(
          Sql.query(
              c,
              "SELECT wrapped FROM data_key WHERE subject = ?",
              row -> row.getBytes(1),
              subject.value()));
    }
    return found;
  }

  private static List<byte[]> parts(Connection c, SubjectId subject) throws SQLException {
    List<byte[]> parts = new ArrayList<>();
    for (long index : LoggedEntries.withPrivatePart(c)) {
      AuditReader.SealedPart part = AuditReader.sealed(c, LoggedEntries.at(c, index)).orElseThrow();
      if (part.subject() == subject.value()) {
        parts.add(part.sealed());
      }
    }
    return parts;
  }

  private static long number(Connection c, String sql) throws SQLException {
    return Sql.one(c, sql, row -> row.getLong(1)).orElseThrow();
  }

  private Path vaultDb() {
    return before().resolve("data/vault.db");
  }

  private Path before() {
    return dir.resolve("before");
  }

  private Path after() {
    return dir.resolve("after");
  }
}
