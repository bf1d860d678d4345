package io.contextkeep.vault.consent;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.LogStore;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStates;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.Indicator;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.SqliteSteps;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.registry.Registry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The current state of consents, which follows from the whole history without reading it again. */
final class ConsentLedgerTest {
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Purpose CARE = Purpose.parse("dpv:CustomerCare").orElseThrow();
  private static final List<ConsentStatus> ALL = List.of(ConsentStatus.values());

  private SubjectKeys keys;
  private Db db;
  private ConsentLedger ledger;
  private ConsentReceipts receipts;
  private SubjectId ann;
  private SubjectId bob;

  @BeforeEach
  void open(@TempDir Path dir) throws Exception {
    Path secret = Files.createDirectories(dir.resolve("keys"));
    RootKey root = FileRootKey.openOrCreate(secret.resolve("root.key"));
    SecureRandom random = new SecureRandom();
    keys = new SubjectKeys(secret.resolve("keys.db"), root, random, THREADS);
    db = Db.open(dir.resolve("vault.db"), Schema.migrations(), THREADS);
    AuditLog log = Inside.log(secret, db, root);
    ledger =
        new ConsentLedger(
            new Derivations(new Registry(db), keys, log, InstantSource.system()),
            InstantSource.system());
    receipts =
        new ConsentReceipts(
            ledger,
            new Notices(),
            new JwsKey("receipts-1", root.subkey("receipts")),
            "urn:vault",
            () -> "http://127.0.0.1:8080");
    ann = enrolled(log, random);
    bob = enrolled(log, random);
  }

  private SubjectId enrolled(AuditLog log, SecureRandom random) {
    SubjectId customer = SubjectId.random(random);
    keys.create(List.of(customer));
    db.inWrite(
        c -> {
          Sql.update(c, "INSERT INTO subject (id) VALUES (?)", customer.value());
          var key = keys.find(customer).orElseThrow();
          return log.stage(
              c,
              AuditEntry.enrolment(Map.of("actor", "test"), customer.value(), key.viewKey(), key));
        });
    return customer;
  }

  @AfterEach
  void close() {
    db.close();
    keys.close();
  }

  private static ConsentEvent event(
      SubjectId customer,
      ConsentStatus status,
      Indicator by,
      boolean explicit,
      long second,
      Optional<Long> expires) {
    return new ConsentEvent(
        0,
        customer,
        CARE,
        "shop",
        status,
        by,
        explicit,
        "unversioned",
        "und",
        "api",
        BEGIN.plusSeconds(second),
        expires.map(BEGIN::plusSeconds).orElse(null));
  }

  private static ConsentEvent own(SubjectId customer, ConsentStatus status, long second) {
    return event(customer, status, Indicator.SUBJECT, false, second, Optional.empty());
  }

  /** Returns events in any order of their times, with ties, by every indicator. */
  @Test
  void theState_equalsThatOfTheWholeHistory_inAnyOrderOfArrival() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      SubjectId customer = seed % 2 == 0 ? ann : bob;
      List<ConsentEvent> all = new ArrayList<>(db.inRead(c -> ledger.history(c, customer)));
      for (int i = 0; i < 12; i++) {
        ConsentEvent said = any(random, customer, seed * 40);
        all.add(db.inWrite(c -> ledger.append(c, said)));
        Optional<ConsentStates.Standing> whole = ConsentStates.standing(all);
        Optional<ConsentEvent> latest = db.inRead(c -> ledger.latest(c, customer, CARE, "shop"));
        assertThat(latest)
            .as("seed %s, %s", seed, all)
            .isEqualTo(whole.map(ConsentStates.Standing::latest));
        assertThat(db.<List<Long>>inRead(c -> since(c, customer)))
            .as("seed %s, %s", seed, all)
            .isEqualTo(whole.map(ConsentStates.Standing::since).stream().toList());
      }
    }
  }

  private static List<Long> since(Connection c, SubjectId customer) throws SQLException {
    return Sql.query(
        c,
        "SELECT since FROM consent_state WHERE subject = ?",
        row -> row.getLong(1),
        customer.value());
  }

  private static ConsentEvent any(Random random, SubjectId customer, long from) {
    ConsentStatus status = ALL.get(random.nextInt(ALL.size()));
    Indicator by = sayer(random, status);
    long second = from + random.nextInt(30);
    Optional<Long> expires =
        status.allows() && (by == Indicator.GUARDIAN || random.nextInt(3) == 0)
            ? Optional.of(second + 1 + random.nextInt(10))
            : Optional.empty();
    return event(customer, status, by, random.nextBoolean(), second, expires);
  }

  private static Indicator sayer(Random random, ConsentStatus status) {
    boolean first = random.nextInt(3) > 0;
    return switch (status) {
      case GIVEN, RENEWED, REFUSED, WITHDRAWN, DEFERRED, UNKNOWN ->
          first ? Indicator.SUBJECT : Indicator.GUARDIAN;
      case REQUESTED, EXPIRED, INVALIDATED, REVOKED ->
          first ? Indicator.CONTROLLER : Indicator.AUTHORITY;
    };
  }

  /** Measures in steps of SQLite's virtual machine, which do not depend on the load. */
  @Test
  void theWorkOfAWithdrawal_doesNotGrowWithTheHistory() {
    assertThat(stepsOfAnOptOut(ann, 2_000)).isLessThan(2 * stepsOfAnOptOut(bob, 10));
  }

  /** Measures a signal of long ago that arrives today, which sorts before all later events. */
  @Test
  void theWorkOfALateSignal_doesNotGrowWithLaterEvents() {
    IntFunction<Long> steps =
        events -> {
          SubjectId customer = events > 100 ? ann : bob;
          say(customer, events);
          return steps(
              c ->
                  receipts.append(
                      c,
                      List.of(
                          event(
                              customer,
                              ConsentStatus.REVOKED,
                              Indicator.CONTROLLER,
                              false,
                              -1,
                              Optional.empty())),
                      Optional.of(BEGIN.minusSeconds(1))));
        };
    long few = steps.apply(10);
    assertThat(steps.apply(2_000)).isLessThan(2 * few);
  }

  private void say(SubjectId customer, int events) {
    for (int from = 0; from < events; from += 250) {
      int begin = from;
      db.inWrite(
          c -> {
            for (int i = begin; i < Math.min(events, begin + 250); i++) {
              receipts.append(
                  c,
                  List.of(
                      own(
                          customer,
                          i % 2 == 0 ? ConsentStatus.GIVEN : ConsentStatus.WITHDRAWN,
                          i)));
            }
            return 0;
          });
    }
  }

  private long stepsOfAnOptOut(SubjectId customer, int events) {
    say(customer, events);
    return steps(
        c -> {
          ledger.everGiven(c, customer, CARE, "*");
          ledger.lastYes(c, customer, CARE, "shop");
          ledger.signalled(c, customer, CARE, "shop", "gpc");
          ledger.latest(c, customer);
          return receipts.append(c, List.of(own(customer, ConsentStatus.WITHDRAWN, events)));
        });
  }

  private <T> long steps(LogStore.Work<T> work) {
    return db.inWrite(c -> SqliteSteps.of(c, work));
  }
}
