package io.contextkeep.vault;

import io.contextkeep.vault.db.Db;
import java.nio.file.Path;

/** What tests in other packages may see of a running vault's inside. */
public final class Inside {

  private Inside() {}

  public static Db db(Vault vault) {
    return vault.db();
  }

  public static void backup(Vault vault, Path data, Path keys) {
    vault.backup(data, keys);
  }
}
