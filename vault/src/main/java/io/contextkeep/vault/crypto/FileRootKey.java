package io.contextkeep.vault.crypto;

import io.contextkeep.audit.proof.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A root key in a file that only its owner may read. The file and {@code keys.db} together open
 * every customer's context; without the file all context is lost.
 */
public final class FileRootKey implements RootKey {
  private static final int LENGTH = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final SecretKey root;

  private FileRootKey(byte[] key) {
    this.root = new SecretKeySpec(key, "Generic");
  }

  /**
   * Reads the key, or creates one if there is no file yet.
   *
   * @throws IllegalStateException if others may read the file or it does not hold a key; the
   *     message says what to do
   */
  public static FileRootKey openOrCreate(Path file) throws IOException {
    if (Files.notExists(file)) {
      create(file);
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new IllegalStateException(
          "Other users may read the root key: run chmod 600 "
              + file
              + " and treat it as disclosed");
    }
    byte[] key = Files.readAllBytes(file);
    if (key.length != LENGTH) {
      throw new IllegalStateException(file + " does not hold a root key: restore it from its copy");
    }
    return new FileRootKey(key);
  }

  /** Writes a temporary file, syncs and renames it, so that a crash leaves no partial key. */
  private static void create(Path file) throws IOException {
    byte[] key = new byte[LENGTH];
    new SecureRandom().nextBytes(key);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    DurableFile.replace(file, fresh, key);
  }

  @Override
  public SecretKey subkey(String label) {
    return Hkdf.derive(root, "contextkeep/root/" + label, "AES");
  }

  @Override
  public String toString() {
    return "FileRootKey[redacted]";
  }
}
