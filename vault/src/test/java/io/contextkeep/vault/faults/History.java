package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.Receipts;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.tree.ProofMaker;
import io.contextkeep.audit.tree.Proofs;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/** The memory of a monitor of a log that is killed repeatedly. */
final class History {
  private final List<Checkpoint> seen = new ArrayList<>();

  /**
   * Asserts that every acknowledged entry has a receipt now, the log verifies, and every checkpoint
   * that was seen before is of the same history as the newest.
   */
  void holds(LogProgram.Opened opened, Collection<Acknowledged> acknowledged) {
    opened.log().publish();
    TrustPolicy policy = TrustPolicy.of(opened.log().verifiers());
    opened
        .db()
        .inRead(
            c -> {
              for (Acknowledged entry : acknowledged) {
                assertProven(c, entry, policy);
              }
              LogVerifier.Verification verification = LogVerifier.verify(c);
              assertThat(verification.problems()).isEmpty();
              assertConsistent(c, opened.log());
              return 0;
            });
  }

  private static void assertProven(Connection c, Acknowledged entry, TrustPolicy policy)
      throws SQLException {
    TlogProof receipt = Receipts.proof(c, entry.index()).orElseThrow();
    assertThat(
            TlogProof.parse(receipt.toString())
                .verify(HexFormat.of().parseHex(entry.leafHash()), policy))
        .as("%s", entry)
        .isInstanceOf(TlogProof.Verdict.Proven.class);
  }

  private void assertConsistent(Connection c, AuditLog log) throws SQLException {
    Note note = log.latest();
    Checkpoint newest = Checkpoint.parse(note.text());
    ProofMaker<SQLException> tree = StoredTiles.proofs(c, newest.size());
    for (Checkpoint earlier : seen) {
      assertThat(
              Proofs.verifyConsistency(
                  earlier.size(),
                  newest.size(),
                  tree.consistency(earlier.size()),
                  earlier.root(),
                  newest.root()))
          .as("%s of %s", earlier.size(), newest.size())
          .isTrue();
    }
    seen.add(newest);
  }
}
