package io.contextkeep.client;

import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.SeenCheckpoint;
import io.contextkeep.audit.proof.SeenFile;
import io.contextkeep.audit.proof.TrustPolicy;
import java.nio.file.Path;
import java.util.List;

/**
 * Whom an app believes about its vault's audit log, and where it remembers what it saw of it.
 *
 * @param policy the log's keys, and which witnesses must have seen a checkpoint before it counts
 * @param seen the newest checkpoint that was seen; of this one log and of no other
 */
public record LogTrust(TrustPolicy policy, SeenCheckpoint seen) {

  /**
   * Pins the log's keys and remembers in a file.
   *
   * @param vkeys as the vault's operator hands them over, never as the vault itself says; after a
   *     change of keys the new ones are needed too
   * @throws IllegalArgumentException if one is no key
   */
  public static LogTrust of(List<String> vkeys, Path file) {
    if (vkeys.isEmpty()) {
      throw new IllegalArgumentException("Pin a key of the log at least");
    }
    List<VerifierKey> keys = vkeys.stream().map(VerifierKey::parse).toList();
    return new LogTrust(TrustPolicy.of(keys), new SeenFile(file));
  }
}
