package io.contextkeep.vault;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.policy.Bundle;
import io.contextkeep.vault.auditlog.AuditLogModule;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.VaultClock;
import io.contextkeep.vault.derived.DerivedModule;
import io.contextkeep.vault.erasure.Erasure;
import io.contextkeep.vault.graph.Projector;
import io.contextkeep.vault.identity.VaultIssuer;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.jobs.Jobs;
import io.contextkeep.vault.jobs.Threads;
import io.contextkeep.vault.jobs.Threads.LastWord;
import io.contextkeep.vault.net.Clients;
import io.contextkeep.vault.ops.Operations;
import io.contextkeep.vault.outbox.Deliverer;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.siem.Forwarders;
import io.contextkeep.vault.web.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running vault: the composition root of all features. */
public final class Vault implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Vault.class);

  private final Core core;
  private final VaultIssuer issuer;
  private final Features features;
  private final Deliverer outbox;
  private final Server server;
  private final Opened opened;

  private Vault(
      Core core,
      VaultIssuer issuer,
      Features features,
      Deliverer outbox,
      Server server,
      Opened opened) {
    this.core = core;
    this.issuer = issuer;
    this.features = features;
    this.outbox = outbox;
    this.server = server;
    this.opened = opened;
  }

  /** Starts a vault and completes work that a crash interrupted. */
  public static Vault start(VaultConfig config, InstantSource clock) throws IOException {
    return start(config, clock, LastWord.NONE);
  }

  /** Starts a vault with a reaction to the end of a vital thread. */
  static Vault start(VaultConfig config, InstantSource clock, LastWord lastWord)
      throws IOException {
    return start(config, clock, Bundle.builtIn(), lastWord);
  }

  /** Starts a vault with another policy. */
  static Vault start(VaultConfig config, InstantSource clock, Bundle bundle) throws IOException {
    return start(config, clock, bundle, LastWord.NONE);
  }

  private static Vault start(
      VaultConfig config, InstantSource clock, Bundle bundle, LastWord lastWord)
      throws IOException {
    Opened opened = new Opened();
    try {
      return start(config, clock, bundle, new Threads(lastWord), opened);
    } catch (IOException | RuntimeException | Error e) {
      opened.closeAfter(e);
      throw e;
    }
  }

  private static Vault start(
      VaultConfig config, InstantSource host, Bundle bundle, Threads vital, Opened opened)
      throws IOException {
    Storage storage = Storage.open(config, host, vital, opened);
    Core core = storage.core();
    Operations operations = storage.operations(config, vital);
    Jobs jobs = new Jobs(vital::vital, core.metrics().jobs());
    VaultIssuer issuer = issuer(config, core.root(), core.clock());
    // A request can arrive before the port is known here, and waits for it.
    CompletableFuture<Integer> port = new CompletableFuture<>();
    ExecutorService threads = Threads.virtual("request");
    Governance governance =
        Governance.of(config, core, operations, bundle, issuer, jobs, vital, opened);
    PersonalData data =
        PersonalData.of(
            config,
            core,
            governance,
            () -> WebAddress.of(config.web().publicUrl(), config.web().http(), port.join()));
    Features features = Features.of(config, storage, governance, data, threads, vital, opened);
    data.erasure().erasure().resume();
    Deliverer outbox = opened.add(outbox(core, features));
    opened.then(() -> saveTime(core.clock()));
    opened.add(jobs);
    Server server =
        opened.add(
            Server.start(
                features.all().stream().flatMap(one -> one.routes().stream()).toList(),
                storage::isReadable,
                governance.tokens(),
                operations,
                threads,
                Threads.computing("opt-out"),
                governance.limits(),
                config.web().http()));
    opened.add(features.analytics().analytics());
    opened.then(operations.readiness()::stopping);
    port.complete(server.port());
    features.graph().projector().start();
    jobs.start(Job.every("clock", Duration.ofMinutes(1), core.clock()::save));
    jobs.start(Job.every("checkpoint", Duration.ofMillis(500), core.db()::checkpoint));
    features.all().forEach(one -> one.jobs().forEach(jobs::start));
    outbox.jobs().forEach(jobs::start);
    Forwarders.jobs(
            config.audit().siem(),
            core.db(),
            core.log(),
            config.store().data(),
            Clients::client,
            core.metrics())
        .forEach(jobs::start);
    return new Vault(core, issuer, features, outbox, server, opened);
  }

  private static Deliverer outbox(Core core, Features features) {
    return new Deliverer(
        core.db(),
        features.all().stream().flatMap(one -> one.channels().stream()).toList(),
        features.outgoing(),
        core.metrics().outbox(),
        core.clock(),
        core.settled(),
        Threads.virtual("outbox"));
  }

  static Db openDatabase(VaultConfig config) {
    return Storage.openDatabase(config, new Threads(LastWord.NONE));
  }

  /** Stores the time; if that fails, the next start continues from an earlier one. */
  private static void saveTime(VaultClock clock) {
    try {
      clock.save();
    } catch (RuntimeException e) {
      LOG.atWarn().addKeyValue("thrown", e.getClass().getName()).log("the time was not stored");
    }
  }

  static Path graphDirectory(VaultConfig config) {
    return config.store().data().resolve("graph");
  }

  /**
   * Returns the issuer of the configured vault, running or not. A reader of its root key can
   * impersonate every caller.
   *
   * @throws IllegalStateException if the vault has no root key yet
   */
  public static VaultIssuer issuerOf(VaultConfig config, InstantSource clock) throws IOException {
    return issuer(config, rootKey(config), clock);
  }

  private static RootKey rootKey(VaultConfig config) throws IOException {
    Path key = config.store().keys().resolve("root.key");
    if (Files.notExists(key)) {
      throw new IllegalStateException("Missing " + key + ": start the vault once to create it");
    }
    return FileRootKey.openOrCreate(key);
  }

  /**
   * Returns the configured vault's public keys as lines of a tlog-policy file, for readers of its
   * log and for the logs that it witnesses.
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
    String url = config.web().publicUrl() + "/witness/";
    for (SignerKey key : WitnessSettings.signers(config, root, clock)) {
      VerifierKey verifier = key.verifier();
      String name = "vault-" + verifier.type().name().toLowerCase(Locale.ROOT).replace('_', '-');
      lines.append("witness " + name + " " + verifier + " " + url + "\n");
    }
    return lines.toString();
  }

  private static VaultIssuer issuer(VaultConfig config, RootKey root, InstantSource clock) {
    return new VaultIssuer(
        config.web().publicUrl().toString(), root.subkey("token-signing/v1"), clock);
  }

  public int port() {
    return server.port();
  }

  /** Returns the vault's own issuer of tokens. */
  public VaultIssuer issuer() {
    return issuer;
  }

  /** Returns every route as method and path. */
  Set<String> routes() {
    return server.routes();
  }

  /** Returns the database, for checks of the log. */
  Db db() {
    return core.db();
  }

  /** Returns the audit log, for tests that need a long one. */
  AuditLog log() {
    return core.log();
  }

  /** Returns the projector of the graph. */
  Projector projector() {
    return features.graph().projector();
  }

  /** Returns the policies, active and proposed. */
  Policies policies() {
    return features.governance().policy().policies();
  }

  /** Returns the feature of derived values and of retention. */
  DerivedModule derived() {
    return features.data().derived();
  }

  /** Returns the feature of the audit log. */
  AuditLogModule auditLog() {
    return features.auditLog();
  }

  /** Deletes expired requests from the register. */
  int sweepRequests() {
    return features.data().register().sweep(core.db());
  }

  /** Returns the deliverer of outgoing messages. */
  Deliverer outbox() {
    return outbox;
  }

  Erasure erasure() {
    return features.data().erasure().erasure();
  }

  @Override
  public void close() {
    opened.close();
  }
}
