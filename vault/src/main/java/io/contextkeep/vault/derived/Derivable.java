package io.contextkeep.vault.derived;

import io.contextkeep.vault.context.DerivationInput;
import io.contextkeep.vault.context.SourceLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The decision whether a value may be derived, confirmed in the transaction that writes it. */
@FunctionalInterface
public interface Derivable {

  /** The decision for writers that derive nothing: every derived value is refused. */
  Derivable NOTHING =
      (_, _) ->
          new Verdict.Refused("derivation_not_permitted", "Only sources write derived values");

  /**
   * Returns the decision about a line.
   *
   * @throws SQLException if the facts cannot be read
   */
  Verdict of(Connection c, SourceLine line) throws SQLException;

  /** A decision. */
  sealed interface Verdict {

    /**
     * Permission to derive the value.
     *
     * @param grounds the grounds, each of which alone is enough
     */
    record Allowed(List<Ground> grounds, List<DerivationInput> inputs) implements Verdict {}

    /** A refusal, with a code and a detail that reveal nothing about the customer. */
    record Refused(String code, String detail) implements Verdict {}
  }

  /**
   * A ground on which a derived value may be held.
   *
   * @param recipient the app that may use the inputs
   * @param since the event with which the consent began; null if the basis needs no consent
   */
  record Ground(String purpose, String recipient, String basis, @Nullable Long since) {}
}
