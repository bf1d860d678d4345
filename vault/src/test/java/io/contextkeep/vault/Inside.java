package io.contextkeep.vault;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.CheckpointFile;
import io.contextkeep.audit.LogKeys;
import io.contextkeep.vault.context.HeldData;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.customers.Enrolment;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.erasure.Erasure;
import io.contextkeep.vault.ingest.Ingest;
import io.contextkeep.vault.registry.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The internals of a running vault for tests in other packages. */
public final class Inside {

  private Inside() {}

  public static Db db(Vault vault) {
    return vault.db();
  }

  /** Returns what an erasure deletes of a stopped vault without rights requests. */
  public static Erasure.Held held(Db db) {
    Registry registry = new Registry(db);
    return new Erasure.Held(
        (c, subject) -> HeldData.categories(c, subject, registry),
        PersonalData.held(),
        (_, _, _) -> Map.of());
  }

  /** Returns the writing of sources' lines, on a stopped vault's files. */
  public static Ingest ingest(
      Db db, RootKey root, SubjectKeys keys, Customers customers, AuditLog log) {
    SecureRandom random = new SecureRandom();
    InstantSource clock = InstantSource.system();
    return new Ingest(
        db,
        customers,
        new Enrolment(db, customers, keys, log, random, clock),
        keys,
        new BlindIndex(root),
        new Derivations(new Registry(db), keys, log, clock),
        random,
        clock);
  }

  /** Opens the audit log of a stopped vault. */
  public static AuditLog log(Path keys, Db db, RootKey root) throws IOException {
    return log(keys, db, root, own -> own);
  }

  /** Opens it with another clock. */
  public static AuditLog log(Path keys, Db db, RootKey root, InstantSource clock)
      throws IOException {
    return log(keys, db, root, own -> own, clock);
  }

  /** Opens it with other keys. */
  public static AuditLog log(Path keys, Db db, RootKey root, UnaryOperator<LogKeys> other)
      throws IOException {
    return log(keys, db, root, other, InstantSource.system());
  }

  private static AuditLog log(
      Path keys, Db db, RootKey root, UnaryOperator<LogKeys> other, InstantSource clock)
      throws IOException {
    VaultConfig config = VaultConfig.load(List.of(), Map.of());
    return new AuditLog(
        db,
        other.apply(AuditKeys.of(config, root, clock)),
        CheckpointFile.open(keys.resolve("last.checkpoint")),
        clock,
        new SecureRandom());
  }
}
