package io.contextkeep.audit;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Makes the receipts that prove an entry to whoever was given its leaf hash. */
public final class Receipts {

  private Receipts() {}

  /**
   * The receipt for an entry, under the best checkpoint that covers it; empty where there is none.
   */
  public static Optional<TlogProof> proof(Connection c, long index) throws SQLException {
    Optional<Note> checkpoint = index < 0 ? Optional.empty() : Checkpoints.covering(c, index);
    return checkpoint.isEmpty() ? Optional.empty() : Optional.of(proof(c, index, checkpoint.get()));
  }

  /** The receipt under a checkpoint that the policy accepts; empty as long as there is none. */
  public static Optional<TlogProof> proof(Connection c, long index, TrustPolicy policy)
      throws SQLException {
    Optional<Note> checkpoint =
        index < 0 ? Optional.empty() : Checkpoints.accepted(c, index, policy);
    return checkpoint.isEmpty() ? Optional.empty() : Optional.of(proof(c, index, checkpoint.get()));
  }

  private static TlogProof proof(Connection c, long index, Note checkpoint) throws SQLException {
    long size = Checkpoint.parse(checkpoint.text()).size();
    return TlogProof.of(index, StoredTiles.proofs(c, size).inclusion(index), checkpoint);
  }
}
