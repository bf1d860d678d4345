package io.contextkeep.audit;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.tree.ProofMaker;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

  /** The same where readers ask for witnesses: {@link Checkpoints#best}. */
  public static Optional<TlogProof> best(Connection c, long index, Optional<TrustPolicy> witnesses)
      throws SQLException {
    Optional<Note> checkpoint =
        index < 0 ? Optional.empty() : Checkpoints.best(c, index, witnesses);
    return checkpoint.isEmpty() ? Optional.empty() : Optional.of(proof(c, index, checkpoint.get()));
  }

  /** The receipt under a checkpoint that the policy accepts; empty as long as there is none. */
  public static Optional<TlogProof> proof(Connection c, long index, TrustPolicy policy)
      throws SQLException {
    Optional<Note> checkpoint =
        index < 0 ? Optional.empty() : Checkpoints.accepted(c, index, policy);
    return checkpoint.isEmpty() ? Optional.empty() : Optional.of(proof(c, index, checkpoint.get()));
  }

  /** The receipts for several entries, under one checkpoint that covers all of them. */
  public static List<TlogProof> proofs(Connection c, List<Long> indices) throws SQLException {
    if (indices.isEmpty()) {
      return List.of();
    }
    Note checkpoint = Checkpoints.covering(c, Collections.max(indices)).orElseThrow();
    ProofMaker<SQLException> tree =
        StoredTiles.proofs(c, Checkpoint.parse(checkpoint.text()).size());
    List<TlogProof> proofs = new ArrayList<>();
    for (long index : indices) {
      proofs.add(TlogProof.of(index, tree.inclusion(index), checkpoint));
    }
    return proofs;
  }

  private static TlogProof proof(Connection c, long index, Note checkpoint) throws SQLException {
    long size = Checkpoint.parse(checkpoint.text()).size();
    return TlogProof.of(index, StoredTiles.proofs(c, size).inclusion(index), checkpoint);
  }
}
