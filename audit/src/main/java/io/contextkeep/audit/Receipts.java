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

/** The maker of receipts, which prove an entry to holders of its leaf hash. */
public final class Receipts {

  private Receipts() {}

  /**
   * Returns the receipt of an entry, under the best checkpoint that covers it; empty if there is
   * none.
   */
  public static Optional<TlogProof> proof(Connection c, long index) throws SQLException {
    return best(c, index, Optional.empty());
  }

  /** Returns the receipt for readers with a witness policy: {@link Checkpoints#best}. */
  public static Optional<TlogProof> best(Connection c, long index, Optional<TrustPolicy> witnesses)
      throws SQLException {
    return index < 0 ? Optional.empty() : proof(c, index, Checkpoints.best(c, index, witnesses));
  }

  /** Returns the receipt under a checkpoint that the policy accepts; empty if there is none. */
  public static Optional<TlogProof> proof(Connection c, long index, TrustPolicy policy)
      throws SQLException {
    return index < 0 ? Optional.empty() : proof(c, index, Checkpoints.accepted(c, index, policy));
  }

  private static Optional<TlogProof> proof(Connection c, long index, Optional<Note> checkpoint)
      throws SQLException {
    return checkpoint.isEmpty()
        ? Optional.empty()
        : Optional.of(proofs(c, List.of(index), checkpoint.get()).getFirst());
  }

  /** Returns the receipts of several entries, under one checkpoint that covers all of them. */
  public static List<TlogProof> proofs(Connection c, List<Long> indices) throws SQLException {
    if (indices.isEmpty()) {
      return List.of();
    }
    return proofs(c, indices, Checkpoints.covering(c, Collections.max(indices)).orElseThrow());
  }

  private static List<TlogProof> proofs(Connection c, List<Long> indices, Note checkpoint)
      throws SQLException {
    ProofMaker<SQLException> tree =
        StoredTiles.proofs(c, Checkpoint.parse(checkpoint.text()).size());
    List<TlogProof> proofs = new ArrayList<>();
    for (long index : indices) {
      proofs.add(TlogProof.of(index, tree.inclusion(index), checkpoint));
    }
    return proofs;
  }
}
