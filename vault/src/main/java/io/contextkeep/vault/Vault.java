package io.contextkeep.vault;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.CheckpointFile;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.PrivateFiles;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.witness.Witness;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyGate;
import io.contextkeep.vault.accountability.AsOf;
import io.contextkeep.vault.accountability.ProcessingRecords;
import io.contextkeep.vault.analytics.Analytics;
import io.contextkeep.vault.changes.RegistrationNews;
import io.contextkeep.vault.changes.TwoPeople;
import io.contextkeep.vault.consent.ConsentReceipts;
import io.contextkeep.vault.consent.Notices;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.JwsKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.StaffNames;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.VaultClock;
import io.contextkeep.vault.erasure.Certificates;
import io.contextkeep.vault.erasure.NoticePush;
import io.contextkeep.vault.erasure.RecipientNotices;
import io.contextkeep.vault.graph.Projector;
import io.contextkeep.vault.http.Apis;
import io.contextkeep.vault.http.Limits;
import io.contextkeep.vault.http.Server;
import io.contextkeep.vault.identity.TokenVerifier;
import io.contextkeep.vault.identity.VaultIssuer;
import io.contextkeep.vault.jobs.Jobs;
import io.contextkeep.vault.ops.AuditRetention;
import io.contextkeep.vault.ops.Housekeeping;
import io.contextkeep.vault.ops.LogWatch;
import io.contextkeep.vault.ops.Metrics;
import io.contextkeep.vault.ops.Operations;
import io.contextkeep.vault.ops.Publisher;
import io.contextkeep.vault.ops.Readiness;
import io.contextkeep.vault.ops.Retention;
import io.contextkeep.vault.ops.WitnessRounds;
import io.contextkeep.vault.outbox.Deliverer;
import io.contextkeep.vault.outgoing.Clients;
import io.contextkeep.vault.outgoing.Outgoing;
import io.contextkeep.vault.policy.InForce;
import io.contextkeep.vault.policy.PastPolicies;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.policy.PolicySettings;
import io.contextkeep.vault.read.CohortPath;
import io.contextkeep.vault.read.Deriving;
import io.contextkeep.vault.read.HourlyReads;
import io.contextkeep.vault.read.Past;
import io.contextkeep.vault.read.Possible;
import io.contextkeep.vault.read.ReadPath;
import io.contextkeep.vault.replay.Candidates;
import io.contextkeep.vault.replay.Evidence;
import io.contextkeep.vault.replay.RecordedDecisions;
import io.contextkeep.vault.replay.Replay;
import io.contextkeep.vault.rights.Cases;
import io.contextkeep.vault.rights.Casework;
import io.contextkeep.vault.rights.Clock;
import io.contextkeep.vault.rights.RulePacks;
import io.contextkeep.vault.rights.agent.Agents;
import io.contextkeep.vault.rights.agent.StatusCallbacks;
import io.contextkeep.vault.siem.Forwarders;
import io.contextkeep.vault.store.Batches;
import io.contextkeep.vault.store.ConsentLedger;
import io.contextkeep.vault.store.ContextStore;
import io.contextkeep.vault.store.Customers;
import io.contextkeep.vault.store.Derivations;
import io.contextkeep.vault.store.Enrolment;
import io.contextkeep.vault.store.Erasure;
import io.contextkeep.vault.store.ErasureNotices;
import io.contextkeep.vault.store.Ingest;
import io.contextkeep.vault.store.Registry;
import io.contextkeep.vault.store.Staff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running vault, put together from its parts: nothing else makes them. */
public final class Vault implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Vault.class);

  /** How long an auditor's query of the graph may take. */
  private static final Duration QUERIES = Duration.ofSeconds(10);

  private final Db db;
  private final AuditLog log;
  private final Publisher publisher;
  private final Optional<WitnessRounds> rounds;
  private final VaultIssuer issuer;
  private final Projector projector;
  private final Server server;
  private final Policies policies;
  private final Erasure erasure;
  private final Retention retention;
  private final AuditRetention auditRetention;
  private final Casework casework;
  private final Deliverer outbox;
  private final List<Runnable> stops;

  /**
   * @param stops what ends it, in order: first no more requests come in, last the files are closed
   */
  private Vault(
      Db db,
      AuditLog log,
      Publisher publisher,
      Optional<WitnessRounds> rounds,
      VaultIssuer issuer,
      Projector projector,
      Server server,
      Policies policies,
      Erasure erasure,
      Retention retention,
      AuditRetention auditRetention,
      Casework casework,
      Deliverer outbox,
      List<Runnable> stops) {
    this.db = db;
    this.log = log;
    this.publisher = publisher;
    this.rounds = rounds;
    this.issuer = issuer;
    this.projector = projector;
    this.server = server;
    this.policies = policies;
    this.erasure = erasure;
    this.retention = retention;
    this.auditRetention = auditRetention;
    this.casework = casework;
    this.outbox = outbox;
    this.stops = stops;
  }

  /** Starts a vault and finishes what a crash left undone. */
  public static Vault start(VaultConfig config, InstantSource clock) throws IOException {
    return start(config, clock, LastWord.NONE);
  }

  /** The same with a last word, should one of its vital threads end. */
  static Vault start(VaultConfig config, InstantSource clock, LastWord lastWord)
      throws IOException {
    return start(config, clock, Bundle.builtIn(), lastWord);
  }

  /** The same with another policy. */
  static Vault start(VaultConfig config, InstantSource clock, Bundle bundle) throws IOException {
    return start(config, clock, bundle, LastWord.NONE);
  }

  private static Vault start(
      VaultConfig config, InstantSource host, Bundle bundle, LastWord lastWord) throws IOException {
    Threads vital = new Threads(lastWord);
    takeForOneself(config.data());
    takeForOneself(config.keys());
    SecureRandom random = new SecureRandom();
    RootKey root = FileRootKey.openOrCreate(config.keys().resolve("root.key"));
    SubjectKeys keys =
        new SubjectKeys(
            config.keys().resolve("keys.db"),
            root,
            random,
            vital.vital("keys-writer"),
            config.storeDeadline());
    Db db = openDatabase(config, vital);
    PrivateFiles.tighten(config.data());
    PrivateFiles.tighten(config.keys());
    VaultClock clock = VaultClock.of(db, host);
    ScheduledExecutorService watchdog = vital.scheduler("policy-watchdog");
    CheckpointFile kept = CheckpointFile.open(config.keys().resolve("last.checkpoint"));
    AuditLog log = new AuditLog(db, AuditKeys.of(config, root, clock), kept, clock, random);
    Optional<TrustPolicy> witnesses = WitnessSettings.ofThisLog(config, log);
    IndexFile index =
        IndexFile.open(
            config.data().resolve("index.db"), db, log, witnesses, config.storeDeadline(), vital);
    Operations operations = operations(config, db, log, clock, vital);
    operations.metrics().auditLag("index", index.index()::lag);
    Jobs jobs = new Jobs(vital::vital, operations.metrics().jobs());
    Staff staff = new Staff(db, new StaffNames(root));
    TwoPeople people = new TwoPeople(staff::isSamePerson);
    Policies policies =
        PolicyEngines.policies(config, bundle, db, log, operations, watchdog, people, clock, jobs);
    PolicyEngine engine = PolicyEngines.of(config, policies, operations, clock);
    BlindIndex blindIndex = new BlindIndex(root);
    Registry registry = new Registry(db, ErasureNotices::push);
    Customers customers = new Customers(blindIndex, config.identifierKinds());
    Derivations derivations = new Derivations(registry, keys, log, clock);
    ConsentLedger consents = new ConsentLedger(derivations, clock);
    Notices notices = new Notices();
    JwsKey receiptKey = new JwsKey("receipts-1", root.subkey("consent-receipts/v1"));
    ContextStore store = new ContextStore(customers, keys, clock);
    PolicyGate gate =
        new PolicyGate(engine, random, operations.metrics()::decided, new HourlyReads(db, clock));
    ReadPath readPath = new ReadPath(db, registry, store, keys, gate, log, clock);
    ExecutorService threads = Threads.virtual("request");
    RecordedDecisions decisions = new RecordedDecisions(db, keys);
    Possible possible = new Possible(db, registry, store, clock);
    Evidence evidence =
        new Evidence(
            gate,
            decisions,
            new Replay(decisions, possible, gate),
            new Candidates(
                () -> policies.inForce().map(InForce::policy).orElse(bundle),
                Optional.of(config.policy())
                    .filter(p -> p.keys().isPresent())
                    .map(PolicySettings::trust),
                config.policyDeadline(),
                watchdog,
                random),
            possible);
    Past past = new Past(registry, customers, consents);
    PastPolicies pastPolicies = new PastPolicies(policies::inForce, bundle);
    Analytics analytics =
        new Analytics(
            db,
            registry,
            new CohortPath(db, registry, store, keys, gate, clock, Threads.computing("statistics")),
            log,
            root.subkey("analytics-choice/v1"),
            random::nextBytes,
            clock,
            config.statistics(),
            threads);
    Enrolment enrolment = new Enrolment(db, customers, keys, log, random, clock);
    Ingest ingest =
        new Ingest(db, customers, enrolment, keys, blindIndex, derivations, random, clock);
    RulePacks rules = RulePacks.load(config.rights());
    Agents agents = new Agents(random, clock.settled());
    Cases cases = new Cases(agents::moved);
    Casework casework = new Casework(cases, rules, log, keys, clock, clock.settled(), random);
    operations
        .metrics()
        .requests(Clock.DUE_SOON.code(), () -> db.inRead(c -> cases.dueSoon(c, clock.instant())));
    operations
        .metrics()
        .requests(Clock.OVERDUE.code(), () -> db.inRead(c -> cases.overdue(c, clock.instant())));
    Outgoing outgoing = new Outgoing(config.internalHosts(), Threads.virtual("outgoing"));
    Erasure erasure =
        new Erasure(db, customers, keys, log, casework::erased, clock, config.backupRetention());
    erasure.resume();
    String issuerName = config.publicUrl().toString();
    RecipientNotices recipientNotices =
        new RecipientNotices(
            db,
            keys.notices(),
            log,
            receiptKey,
            issuerName,
            config.noticePatience(),
            clock,
            clock.settled());
    operations.metrics().unacknowledgedNotices(recipientNotices::unacknowledged);
    RegistrationNews news =
        new RegistrationNews(
            db, outgoing, new ObjectMapper(), receiptKey, issuerName, clock, clock.settled());
    Deliverer outbox =
        new Deliverer(
            db,
            List.of(new NoticePush(recipientNotices), new StatusCallbacks(db, agents, cases), news),
            outgoing,
            operations.metrics().outbox(),
            clock,
            clock.settled(),
            Threads.virtual("outbox"));
    Projector projector =
        Projector.of(
            db,
            new Batches(),
            graphDirectory(config),
            random,
            vital.vital("graph-projector"),
            clock);
    watch(projector, operations.metrics());
    VaultIssuer issuer = issuer(config, root, clock);
    Optional<Db> witnessed = config.witnessLogs().map(_ -> openWitnessed(config, vital));
    TokenVerifier tokens =
        new TokenVerifier(
            issuer, config.issuers(), new RegisteredApps(registry), staff::named, clock);
    Limits limits = new Limits(config.limits(), System::nanoTime);
    // A request can come in before the port is known here, and waits for it.
    CompletableFuture<Integer> port = new CompletableFuture<>();
    Apis apis =
        Apis.of(
            db,
            registry,
            customers,
            consents,
            notices,
            new ConsentReceipts(
                consents,
                notices,
                receiptKey,
                issuerName,
                () -> WebAddress.of(config.publicUrl(), config.http(), port.join())),
            enrolment,
            ingest,
            derivations,
            new Deriving(db, registry, store, derivations, gate, clock),
            keys,
            blindIndex,
            readPath,
            analytics,
            erasure,
            new Certificates(receiptKey, issuerName, log.origin()),
            recipientNotices,
            log,
            index.index(),
            staff,
            people,
            policies,
            WitnessSettings.witness(config, root, witnessed, clock),
            witnesses,
            evidence,
            rules,
            cases,
            casework,
            agents,
            config.rights().business(),
            outgoing,
            news,
            new ProcessingRecords(db, past, pastPolicies, notices),
            new AsOf(db, past, pastPolicies, gate, evidence.candidates()),
            projector.queries(Threads.computing("auditor-query"), QUERIES),
            tokens,
            limits,
            clock);
    Server server =
        Server.start(
            apis.all(),
            apis.ready(),
            tokens,
            operations, threads, Threads.computing("opt-out"), limits, config.http());
    port.complete(server.port());
    projector.start();
    Retention retention = new Retention(db, log, derivations, clock.settled());
    AuditRetention auditRetention =
        new AuditRetention(db, log, clock.settled(), config.auditRetention());
    Housekeeping.jobs(
            erasure,
            retention,
            auditRetention,
            () -> casework.sweep(db),
            clock::save,
            config.retentionSweep())
        .forEach(jobs::start);
    jobs.start(recipientNotices.job());
    jobs.start(news.job());
    outbox.jobs().forEach(jobs::start);
    Publisher publisher = new Publisher(index.index(), log);
    jobs.start(publisher.job());
    Optional<WitnessRounds> rounds =
        witnesses.map(policy -> rounds(policy, db, log, operations, clock));
    rounds.ifPresent(all -> all.jobs().forEach(jobs::start));
    Forwarders.jobs(config.siem(), db, log, config.data(), Clients::client, operations.metrics())
        .forEach(jobs::start);
    return new Vault(
        db,
        log,
        publisher,
        rounds,
        issuer,
        projector,
        server,
        policies,
        erasure,
        retention,
        auditRetention,
        casework,
        outbox,
        List.of(
            operations.readiness()::stopping,
            analytics::close,
            server::close,
            jobs::close,
            () -> saveTime(clock),
            outbox::close,
            outgoing::close,
            projector::close,
            operations.metrics()::close,
            policies::close,
            engine::close,
            watchdog::shutdownNow,
            () -> witnessed.ifPresent(Db::close),
            index::close,
            db::close,
            kept::close,
            keys::close));
  }

  static Db openDatabase(VaultConfig config) {
    return openDatabase(config, new Threads(LastWord.NONE));
  }

  private static Db openDatabase(VaultConfig config, Threads threads) {
    return Db.open(
        config.data().resolve("vault.db"),
        Schema.migrations(),
        threads.vital("vault-writer"),
        config.storeDeadline());
  }

  /**
   * What this vault saw of other logs: beside the keys, so that no old copy of the data brings an
   * old memory.
   */
  private static Db openWitnessed(VaultConfig config, Threads threads) {
    return Db.open(
        config.keys().resolve("witness.db"),
        List.of(Witness.schema()),
        threads.vital("witness-writer"),
        config.storeDeadline());
  }

  /** The next start goes on from an earlier time where this one cannot be kept. */
  private static void saveTime(VaultClock clock) {
    try {
      clock.save();
    } catch (RuntimeException e) {
      LOG.atWarn().addKeyValue("thrown", e.getClass().getName()).log("the time was not kept");
    }
  }

  private static WitnessRounds rounds(
      TrustPolicy policy, Db db, AuditLog log, Operations operations, InstantSource clock) {
    WitnessRounds rounds =
        WitnessRounds.of(db, log, policy, Clients.client(), operations.metrics(), clock);
    operations
        .readiness()
        .note(() -> rounds.quorum() ? "witnesses: quorum\n" : "witnesses: no quorum\n");
    return rounds;
  }

  static Path graphDirectory(VaultConfig config) {
    return config.data().resolve("graph");
  }

  /**
   * The issuer of the configured vault, running or not: whoever may read its root key may be
   * anybody.
   *
   * @throws IllegalStateException if the vault has no root key yet
   */
  public static VaultIssuer issuerOf(VaultConfig config, InstantSource clock) throws IOException {
    return issuer(config, rootKey(config), clock);
  }

  private static RootKey rootKey(VaultConfig config) throws IOException {
    Path key = config.keys().resolve("root.key");
    if (Files.notExists(key)) {
      throw new IllegalStateException("There is no " + key + ": start the vault once, it makes it");
    }
    return FileRootKey.openOrCreate(key);
  }

  /**
   * The configured vault's public keys as lines of a tlog-policy file, for those who read its log
   * and for the logs that it is to witness.
   *
   * @throws IllegalStateException if the vault has no root key yet
   */
  public static String policyLines(VaultConfig config, InstantSource clock) throws IOException {
    RootKey root = rootKey(config);
    StringBuilder lines = new StringBuilder("# the log of this vault\n");
    AuditKeys.of(config, root, clock)
        .verifiers()
        .forEach(key -> lines.append("log ").append(key).append('\n'));
    lines.append("# this vault as a witness of other logs, by either key\n");
    String url = config.publicUrl() + "/witness/";
    for (SignerKey key : WitnessSettings.signers(config, root, clock)) {
      VerifierKey verifier = key.verifier();
      String name = "vault-" + verifier.type().name().toLowerCase(Locale.ROOT).replace('_', '-');
      lines.append("witness " + name + " " + verifier + " " + url + "\n");
    }
    return lines.toString();
  }

  private static VaultIssuer issuer(VaultConfig config, RootKey root, InstantSource clock) {
    return new VaultIssuer(config.publicUrl().toString(), root.subkey("token-signing/v1"), clock);
  }

  private static void watch(Projector projector, Metrics metrics) {
    metrics.graphLag("consents", () -> projector.lag().consents());
    metrics.graphLag("batches", () -> projector.lag().batches());
    metrics.graphLag("releases", () -> projector.lag().releases());
    metrics.graphLag("removals", () -> projector.lag().removals());
    metrics.graphLag("accesses", () -> projector.lag().accesses());
    metrics.graphLag("erasures", () -> projector.lag().erasures());
  }

  /** What is watched from outside the parts: none of them knows of it. */
  private static Operations operations(
      VaultConfig config, Db db, AuditLog log, VaultClock clock, Threads threads) {
    Metrics metrics = new Metrics();
    metrics.queue(db::queued);
    metrics.clockBehind(clock::behind);
    Readiness readiness = new Readiness(db, metrics, clock);
    readiness.note(() -> clock.behind().isZero() ? "" : "clock: behind\n");
    db.watch(readiness);
    db.join(new LogWatch(metrics, log.size()));
    return new Operations(
        metrics, readiness, threads::dead, config.metricsToken(), config.requestLog());
  }

  public int port() {
    return server.port();
  }

  /** The vault's own issuer of tokens. */
  public VaultIssuer issuer() {
    return issuer;
  }

  /** Every route as method and path. */
  Set<String> routes() {
    return server.routes();
  }

  /** The database, for checks of the log. */
  Db db() {
    return db;
  }

  /** The audit log, for tests that need a long one. */
  AuditLog log() {
    return log;
  }

  /** What keeps the graph up to the database. */
  Projector projector() {
    return projector;
  }

  /** What decides, and how it changes. */
  Policies policies() {
    return policies;
  }

  Retention retention() {
    return retention;
  }

  AuditRetention auditRetention() {
    return auditRetention;
  }

  /** Deletes the requests that the register need not show any more. */
  int sweepRequests() {
    return casework.sweep(db);
  }

  /** What sends messages to others. */
  Deliverer outbox() {
    return outbox;
  }

  /** Who is asked to cosign the log; empty where nobody is. */
  Optional<WitnessRounds> witnesses() {
    return rounds;
  }

  Publisher publisher() {
    return publisher;
  }

  Erasure erasure() {
    return erasure;
  }

  private static void takeForOneself(Path directory) throws IOException {
    if (PrivateFiles.take(directory)) {
      LOG.atWarn()
          .addKeyValue("directory", directory)
          .log("others could enter a directory of the vault, which is closed to them now");
    }
  }

  @Override
  public void close() {
    stops.forEach(Runnable::run);
  }
}
