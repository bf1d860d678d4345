package io.contextkeep.vault;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.CheckpointFile;
import io.contextkeep.audit.LogKeys;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.db.Db;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What tests in other packages may see of a running vault's inside. */
public final class Inside {

  private Inside() {}

  public static Db db(Vault vault) {
    return vault.db();
  }

  /** The audit log of a vault that does not run, as it opens it. */
  public static AuditLog log(Path keys, Db db, RootKey root) throws IOException {
    return log(keys, db, root, own -> own);
  }

  /** The same by another clock. */
  public static AuditLog log(Path keys, Db db, RootKey root, InstantSource clock)
      throws IOException {
    return log(keys, db, root, own -> own, clock);
  }

  /** The same with other keys than its own. */
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
