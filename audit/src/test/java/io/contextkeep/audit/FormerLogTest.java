package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.verify.Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that was written before entries were stored in groups. */
final class FormerLogTest {
  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void unpack() throws IOException {
    file = dir.resolve("log.db");
    try (InputStream packed =
            Objects.requireNonNull(getClass().getResourceAsStream("/former-log/log.db.gz"));
        InputStream log = new GZIPInputStream(packed)) {
      Files.copy(log, file);
    }
  }

  @Test
  void aFileOfTheFormerForm_isVerifiedAsItIs_andItsFaultsAreFound() throws SQLException {
    assertThat(reading(LogVerifier::verify).problems()).isEmpty();
    assertFound("entry 300 is missing", "DELETE FROM audit_leaf WHERE idx = 300");
    assertFound("evidence was destroyed", "DELETE FROM audit_private WHERE idx > 300");
    assertFound("not found by what", "UPDATE audit_leaf SET kind = kind + 1 WHERE idx = 300");
    assertFound("not found by what", "UPDATE audit_leaf SET request = 'x' WHERE idx = 301");
    assertFound("false time", "UPDATE audit_leaf SET time = 1 WHERE idx = 300");
    assertFound("a gap", "UPDATE audit_private SET n = n + 900 WHERE idx > 300");
    assertFound("in an hour is false", "UPDATE audit_tally SET entries = entries + 1");
  }

  @Test
  void theMovedLog_hasTheSameTilesCheckpointsAndProofs_andFindsTheSameEntries() throws Exception {
    Map<String, String> bundle = reading(FormerLogTest::bundle);
    Map<String, List<?>> found = reading(FormerLogTest::found);
    try (TestStore store = migrated()) {
      AuditLog log = open(store);
      assertThat(store.inRead(FormerLogTest::bundle)).isEqualTo(bundle).hasSizeGreaterThan(6);
      assertThat(store.inRead(FormerLogTest::found)).isEqualTo(found);
      assertThat(found.values()).allMatch(list -> !list.isEmpty());
      assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
      assertThat(store.inRead(FormerLog::isOf)).isFalse();
      TrustPolicy policy = TrustPolicy.of(log.verifiers());
      for (AuditRow entry : store.inRead(c -> all(c))) {
        TlogProof proof = store.inRead(c -> Receipts.proof(c, entry.index())).orElseThrow();
        assertThat(proof.verify(HexFormat.of().parseHex(entry.leafHash()), policy))
            .isInstanceOf(TlogProof.Verdict.Proven.class);
      }
    }
  }

  @Test
  void theMovedLog_goesOn_withNumbersErasuresAndPrunings() throws Exception {
    try (TestStore store = migrated()) {
      AuditLog log = open(store);
      long before = store.inRead(c -> new CustomerEntries(c, 7).total(Long.MAX_VALUE));
      Sealer ann = new Sealer((byte) 1);
      log.append(AuditEntry.of(EntryType.READ, Map.of()).about(7, ann, Map.of()));
      AuditRow last = store.inRead(c -> AuditSearch.newest(c, AuditQuery.ALL, 1_000, 1)).getFirst();
      assertThat(last.json()).contains(HexFormat.of().formatHex(ann.label(before)));
      store.inWrite(c -> log.stageErasure(c, 8, Map.of("request", "r-8"), 3));
      store.inWrite(c -> log.stageErasure(c, 8, Map.of("request", "r-8"), 1_000));
      long left = store.inRead(c -> AuditReader.count(c, 8, 10));
      assertThat(left).isZero();
      assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
    }
  }

  @Test
  void aMoveThatStopsAtAnyTransaction_goesOnAtTheNextStart() throws Exception {
    Map<String, String> bundle = reading(FormerLogTest::bundle);
    byte[] former = Files.readAllBytes(file);
    int stops = 0;
    boolean moved = false;
    for (; !moved; stops++) {
      Files.write(file, former);
      try (TestStore store = migrated()) {
        Stopping stopping = new Stopping(store, stops);
        moved = stopping.moves();
        if (!moved) {
          assertThatThrownBy(() -> reading(LogVerifier::verify))
              .hasMessageContaining("being moved");
        }
        AuditLog log = open(store);
        assertThat(store.inRead(FormerLogTest::bundle)).isEqualTo(bundle);
        log.append(AuditEntry.of(EntryType.READ, Map.of()));
        assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
      }
    }
    assertThat(stops).isGreaterThan(4);
  }

  /** A store whose writes fail after a number of them, as if the program were killed. */
  private static final class Stopping implements LogStore {
    private final TestStore store;
    private int left;

    Stopping(TestStore store, int left) {
      this.store = store;
      this.left = left;
    }

    boolean moves() {
      try {
        FormerLog.move(this, 64);
        return true;
      } catch (StoreUnavailable stopped) {
        return false;
      }
    }

    @Override
    public <T> T inWrite(Work<T> work) {
      return store.inWrite(
          c -> {
            T result = work.run(c);
            if (left-- == 0) {
              throw new StoreUnavailable("killed");
            }
            return result;
          });
    }

    @Override
    public <T> T inRead(Work<T> work) {
      return store.inRead(work);
    }

    @Override
    public void join(Participant participant) {
      store.join(participant);
    }
  }

  private TestStore migrated() throws SQLException {
    TestStore store = new TestStore(file);
    store.sql(AuditLog.migrations().get(2).split(";"));
    return store;
  }

  private static AuditLog open(TestStore store) {
    TestKept kept = new TestKept();
    kept.keep(store.inRead(Checkpoints::signed).orElseThrow().toString());
    return new AuditLog(store, TestKeys.of(1), kept, InstantSource.system(), new SecureRandom());
  }

  private <T> T reading(LogStore.Work<T> work) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:file:" + file + "?mode=ro")) {
      FormerLog.show(c);
      return work.run(c);
    }
  }

  private void assertFound(String problem, String attack) throws SQLException {
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      FormerLog.show(c);
      c.setAutoCommit(false);
      Tampering.assertFound(c, problem, attack);
    }
  }

  private static List<AuditRow> all(Connection c) throws SQLException {
    return AuditSearch.oldest(c, AuditQuery.ALL, 0, Long.MAX_VALUE, 10_000);
  }

  /** What auditors and customers find. */
  private static Map<String, List<?>> found(Connection c) throws SQLException {
    AuditQuery shop = AuditQuery.ALL.withActor("shop1");
    Map<String, List<?>> found = new TreeMap<>();
    found.put("all", all(c));
    found.put("newest", AuditSearch.newest(c, AuditQuery.ALL.withType(EntryType.READ), 1_000, 50));
    found.put("of an app", AuditSearch.newest(c, shop, Long.MAX_VALUE, 1_000));
    String request = all(c).stream().map(row -> row.word("request")).max(String::compareTo).get();
    found.put("request", AuditSearch.oldest(c, AuditQuery.ALL.withRequest(request), 0, 1_000, 9));
    found.put("times", AuditSearch.times(c, shop, 20));
    found.put("accesses", AuditReader.accesses(c, 7, new Sealer((byte) 1), 1_000, 500));
    found.put("reads", AuditReader.reads(c, 8, new Sealer((byte) 2), 500));
    found.put("readers", AuditReader.readers(c, 7));
    found.put("numbers", new CustomerEntries(c, 7).oldest(1_000, 0, 1_000));
    found.put(
        "counts",
        AuditSummary.of(
            c, AuditQuery.ALL, List.of(AuditSummary.By.TYPE), AuditSummary.Bucket.HOUR, 1_000));
    return found;
  }

  /** The log as an evidence bundle, by the names of its files. */
  private static Map<String, String> bundle(Connection c) {
    Map<String, String> files = new TreeMap<>();
    try {
      Bundle.write(
          LogReader.of(c),
          new Bundle.Target() {
            @Override
            public void put(String name, byte[] bytes) {
              files.put(name, new String(bytes, StandardCharsets.ISO_8859_1));
            }

            @Override
            public OutputStream open(String name) {
              return new ByteArrayOutputStream() {
                @Override
                public void close() throws IOException {
                  super.close();
                  files.put(name, toString(StandardCharsets.ISO_8859_1));
                }
              };
            }
          },
          _ -> {});
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return files;
  }
}
