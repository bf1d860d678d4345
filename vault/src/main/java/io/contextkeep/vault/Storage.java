package io.contextkeep.vault;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.CheckpointFile;
import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.audit.proof.PrivateFiles;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.witness.Witness;
import io.contextkeep.vault.auditlog.AuditLogModule;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.VaultClock;
import io.contextkeep.vault.jobs.Threads;
import io.contextkeep.vault.ops.Metrics;
import io.contextkeep.vault.ops.Operations;
import io.contextkeep.vault.ops.Readiness;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open files of a vault: keys, database, log, and the index of the log. */
record Storage(
    Core core, Readiness readiness, VerifiableIndex index, Optional<TrustPolicy> witnesses) {
  private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

  static Storage open(VaultConfig config, InstantSource host, Threads vital, Opened opened)
      throws IOException {
    takeForOneself(config.store().data());
    takeForOneself(config.store().keys());
    SecureRandom random = new SecureRandom();
    RootKey root = FileRootKey.openOrCreate(config.store().keys().resolve("root.key"));
    SubjectKeys keys =
        opened.add(
            new SubjectKeys(
                config.store().keys().resolve("keys.db"),
                root,
                random,
                vital.vital("keys-writer"),
                config.store().deadline()));
    CheckpointFile last =
        opened.add(CheckpointFile.open(config.store().keys().resolve("last.checkpoint")));
    Db db = opened.add(openDatabase(config, vital));
    PrivateFiles.tighten(config.store().data());
    PrivateFiles.tighten(config.store().keys());
    VaultClock clock = VaultClock.of(db, host);
    AuditLog log = new AuditLog(db, AuditKeys.of(config, root, clock), last, clock, random);
    Optional<TrustPolicy> witnesses = WitnessSettings.ofThisLog(config, log);
    IndexFile index =
        opened.add(
            IndexFile.open(
                config.store().data().resolve("index.db"),
                db,
                log,
                witnesses,
                config.store().deadline(),
                vital));
    Metrics metrics = new Metrics();
    metrics.queue(db::queued);
    metrics.clockBehind(clock::behind);
    metrics.auditLag("index", index.index()::lag);
    Readiness readiness = new Readiness(db, metrics, clock);
    readiness.note(() -> clock.behind().isZero() ? "" : "clock: behind\n");
    db.watch(readiness);
    log.watch((type, entries) -> metrics.appended(type.code(), entries));
    Core core =
        new Core(db, keys, log, root, clock, random, metrics, config.web().publicUrl().toString());
    return new Storage(core, readiness, index.index(), witnesses);
  }

  private static void takeForOneself(Path directory) throws IOException {
    if (PrivateFiles.take(directory)) {
      LOG.atWarn()
          .addKeyValue("directory", directory)
          .log("other users had access to a directory of the vault; it is now closed to them");
    }
  }

  static Db openDatabase(VaultConfig config, Threads threads) {
    return Db.open(
        config.store().data().resolve("vault.db"),
        Schema.migrations(),
        threads.vital("vault-writer"),
        config.store().deadline());
  }

  /** Publishes the metrics that no feature knows of. */
  Operations operations(VaultConfig config, Threads vital) {
    return new Operations(
        core.metrics(),
        readiness,
        vital::dead,
        config.operations().metricsToken(),
        config.operations().requestLog());
  }

  /** Returns the parts that publish the log. */
  AuditLogModule.Publication publication(VaultConfig config, Threads vital, Opened opened)
      throws IOException {
    Optional<Db> memory =
        config.audit().witnessLogs().map(_ -> opened.add(openWitnessed(config, vital)));
    Witness witness = WitnessSettings.witness(config, core.root(), memory, core.clock());
    return new AuditLogModule.Publication(index, witnesses, witness);
  }

  /**
   * Returns the file of what this vault saw of other logs. It is beside the keys, so that restoring
   * an old copy of the data does not restore an old memory.
   */
  private static Db openWitnessed(VaultConfig config, Threads threads) {
    return Db.open(
        config.store().keys().resolve("witness.db"),
        List.of(Witness.schema()),
        threads.vital("witness-writer"),
        config.store().deadline());
  }

  /** Returns whether reads can be answered, or throws. */
  boolean isReadable() {
    core.db().checkInPlace();
    core.keys().checkInPlace();
    return core.log().size() > 0;
  }
}
