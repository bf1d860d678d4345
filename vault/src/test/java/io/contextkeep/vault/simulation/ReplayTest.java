package io.contextkeep.vault.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.NoPolicy;
import io.contextkeep.policy.NotDecided;
import io.contextkeep.policy.PolicyDocument;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyFailure;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.Question;
import io.contextkeep.policy.ReloadableEngine;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.context.ContextStore;
import io.contextkeep.vault.context.RecordedDetails;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.registry.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays of recorded questions; every decision is evaluated again or counted as missing. */
final class ReplayTest {
  private static final SubjectId ANN = new SubjectId(7);
  private static final SubjectId BEA = new SubjectId(9);

  @TempDir Path dir;
  private ScheduledExecutorService watchdog;
  private Db db;
  private SubjectKeys keys;
  private AuditLog log;
  private ReloadableEngine engine;
  private PolicyGate gate;
  private Replay replay;
  private RecordedDecisions decisions;

  @BeforeEach
  void start() throws IOException {
    watchdog = Executors.newSingleThreadScheduledExecutor();
    SecureRandom random = new SecureRandom();
    RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
    db =
        Db.open(
            dir.resolve("vault.db"), Schema.migrations(), Thread.ofPlatform().daemon().factory());
    keys =
        new SubjectKeys(
            dir.resolve("keys.db"), root, random, Thread.ofPlatform().daemon().factory());
    keys.create(List.of(ANN, BEA));
    log = Inside.log(dir, db, root);
    engine = new ReloadableEngine(engine(Bundle.builtIn()));
    gate = new PolicyGate(engine, random);
    decisions = new RecordedDecisions(db, keys);
    ContextStore store =
        new ContextStore(
            new Customers(new BlindIndex(root), IdentifierKinds.NONE),
            keys,
            InstantSource.system());
    replay =
        new Replay(
            decisions,
            new HypotheticalQuestions(db, new Registry(db), store, InstantSource.system()),
            gate);
  }

  @AfterEach
  void stop() {
    engine.close();
    db.close();
    keys.close();
    watchdog.shutdownNow();
  }

  private WasmEngine engine(Bundle bundle) {
    return new WasmEngine(bundle, 1, Duration.ofSeconds(10), watchdog);
  }

  private static Question question(SubjectId subject) {
    return new Question(
        new Question.Caller("shop", "app", List.of("dpv:CustomerCare")),
        "dpv:CustomerCare",
        new Question.Subject(Optional.of(subject), false, false),
        List.of(),
        List.of(),
        new TreeMap<>(Map.of("country", new Question.Attribute("pd:Country", false, 1))));
  }

  private long decided(Map<String, Object> more) {
    return log.append(entry(more)).index();
  }

  private long decidedAbout(SubjectId subject, Map<String, Object> details) {
    return log.append(
            entry(Map.of()).about(subject.value(), keys.find(subject).orElseThrow(), details))
        .index();
  }

  private static AuditEntry entry(Map<String, Object> more) {
    TreeMap<String, Object> facts =
        new TreeMap<>(Map.of("actor", "shop", "purpose", "dpv:CustomerCare", "decision", "permit"));
    facts.putAll(more);
    return AuditEntry.of(EntryType.READ, facts);
  }

  private Replayed replayed(PolicyGate candidate) {
    Instant now = Instant.now();
    Period period = new Period(now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
    return replay.run(candidate, period, (_, _) -> {});
  }

  @Test
  void everyDecision_isEvaluatedAgainOrCountedAsMissing() {
    long asked = decidedAbout(ANN, RecordedDetails.of(question(ANN)));
    decidedAbout(ANN, Map.of("asked", List.of("country")));
    decidedAbout(ANN, Map.of("question", "1.AAAA", "said", List.of()));
    decidedAbout(BEA, RecordedDetails.of(question(BEA)));
    decided(Map.of());
    decided(Map.of("population", "shop"));
    log.append(AuditEntry.of(EntryType.ADMIN, Map.of("action", "app.put")));
    keys.shred(BEA, Instant.EPOCH);
    Replayed replayed = replayed(gate);
    assertThat(replayed.decisions()).isEqualTo(6);
    assertThat(replayed.unchanged()).isEqualTo(1);
    assertThat(replayed.missing())
        .containsOnly(
            Map.entry(MissingReason.UNRECORDED, 1L),
            Map.entry(MissingReason.UNREADABLE, 1L),
            Map.entry(MissingReason.ERASED, 1L),
            Map.entry(MissingReason.UNKNOWN_CUSTOMER, 1L),
            Map.entry(MissingReason.STATISTIC, 1L));
    assertThat(replayed.complete()).isFalse();
    assertThat(decisions.at(asked))
        .containsInstanceOf(Found.Recorded.class)
        .map(found -> ((Found.Recorded) found).question())
        .contains(question(ANN));
  }

  /** A question that was moved to another customer's entry does not open. */
  @Test
  void privatePartOfAnotherEntry_doesNotOpen() {
    long ann = decidedAbout(ANN, RecordedDetails.of(question(ANN)));
    long other = decidedAbout(ANN, RecordedDetails.of(question(ANN)));
    db.inWrite(
        c ->
            Sql.update(
                c,
                "UPDATE audit_sealed SET parts = (SELECT parts FROM audit_sealed WHERE first = ?)"
                    + " WHERE first = ?",
                ann,
                other));
    assertThat(replayed(gate).missing()).containsOnly(Map.entry(MissingReason.UNREADABLE, 1L));
  }

  @Test
  void recordThatTheSamePolicyDecidesDifferently_isNotExact() {
    PolicyIdentity policy = gate.policy();
    AuditEntry entry =
        entry(
            Map.of(
                "policy", policy.revision(),
                "policyDigest", policy.codeDigest(),
                "dataDigest", policy.dataDigest(),
                "decisionDigest", "0".repeat(64)));
    log.append(
        entry.about(ANN.value(), keys.find(ANN).orElseThrow(), RecordedDetails.of(question(ANN))));
    assertThat(replayed(gate).missing()).containsOnly(Map.entry(MissingReason.INEXACT, 1L));
  }

  /** A policy that could not be evaluated has refused nothing. */
  @Test
  void unavailablePolicy_isNoDecisionChange() {
    decidedAbout(ANN, RecordedDetails.of(question(ANN)));
    PolicyGate busy =
        new PolicyGate(
            new Scripted(
                () -> {
                  throw new PolicyFailure(PolicyFailure.Kind.POLICY_BUSY, "busy");
                }),
            new SecureRandom());
    Replayed replayed = replayed(busy);
    assertThat(replayed.flips()).isEmpty();
    assertThat(replayed.missing()).containsOnly(Map.entry(MissingReason.UNDECIDED, 1L));
  }

  @Test
  void missingPolicy_endsTheReplay() {
    decidedAbout(ANN, RecordedDetails.of(question(ANN)));
    PolicyGate away = new PolicyGate(new NoPolicy(), new SecureRandom());
    assertThatThrownBy(() -> replayed(away)).isInstanceOf(NotDecided.class);
  }

  @Test
  void policyChangeDuringTheReplay_endsIt() {
    decidedAbout(ANN, RecordedDetails.of(question(ANN)));
    decidedAbout(ANN, RecordedDetails.of(question(ANN)));
    WasmEngine other = engine(Bundle.builtIn());
    PolicyGate swapping =
        new PolicyGate(
            new Scripted(
                () -> {
                  engine.swap(engine(Bundle.builtIn().withData(Bundle.builtIn().data() + " ")));
                  return other.evaluate(question(ANN).toJson());
                }),
            new SecureRandom());
    assertThatThrownBy(() -> replayed(swapping)).isInstanceOf(PolicyChanged.class);
  }

  /** An engine whose answers the test sets. */
  private record Scripted(Answers answers) implements PolicyEngine {
    @FunctionalInterface
    private interface Answers {
      PolicyDocument next() throws PolicyFailure;
    }

    @Override
    public PolicyDocument evaluate(String input) throws PolicyFailure {
      return answers.next();
    }

    @Override
    public PolicyIdentity identity() {
      return new PolicyIdentity("scripted", "", "");
    }

    @Override
    public void close() {}
  }
}
