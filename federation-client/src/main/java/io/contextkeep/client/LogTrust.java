package io.contextkeep.client;

import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.SeenCheckpoint;
import io.contextkeep.audit.proof.SeenFile;
import io.contextkeep.audit.proof.TrustPolicy;
import java.nio.file.Path;
import java.util.List;

/**
 * An app's trust in its vault's audit log: pinned keys, and a file with the newest checkpoint seen.
 *
 * @param policy the log's keys, and the witnesses that must have cosigned a checkpoint
 * @param seen the newest checkpoint seen of this log
 */
public record LogTrust(TrustPolicy policy, SeenCheckpoint seen) {

  /**
   * Returns the trust in a log's pinned keys, with the newest checkpoint in a file.
   *
   * @param vkeys the keys from the vault's operator, never from the vault itself; after a change of
   *     keys the new ones are needed too
   * @throws IllegalArgumentException if one is not a key
   */
  public static LogTrust of(List<String> vkeys, Path file) {
    if (vkeys.isEmpty()) {
      throw new IllegalArgumentException("Pin at least one key of the log");
    }
    List<VerifierKey> keys = vkeys.stream().map(VerifierKey::parse).toList();
    return new LogTrust(TrustPolicy.of(keys), new SeenFile(file));
  }
}
