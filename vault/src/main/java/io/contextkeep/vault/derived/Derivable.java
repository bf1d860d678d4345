package io.contextkeep.vault.derived;

import io.contextkeep.vault.context.DerivationInput;
import io.contextkeep.vault.context.SourceLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a value may be derived, as the policy decided and as it still is in the transaction. */
@FunctionalInterface
public interface Derivable {

  /** Says no to everything: for those who only write what they collected. */
  Derivable NOTHING =
      (_, _) ->
          new Verdict.Refused("derivation_not_permitted", "Only sources write derived values");

  /**
   * @throws SQLException if what it depends on cannot be read
   */
  Verdict of(Connection c, SourceLine line) throws SQLException;

  /** The answer. */
  sealed interface Verdict {

    /**
     * A yes.
     *
     * @param grounds each of which alone allows it
     */
    record Allowed(List<Ground> grounds, List<DerivationInput> inputs) implements Verdict {}

    /** A no, by a code and in words that say nothing about the customer. */
    record Refused(String code, String detail) implements Verdict {}
  }

  /**
   * Why a value may be there.
   *
   * @param recipient the app that was allowed to use the inputs
   * @param since the consent event with which the yes began that allowed it; none where the basis
   *     needs no consent
   */
  record Ground(String purpose, String recipient, String basis, @Nullable Long since) {}
}
