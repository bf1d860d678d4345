package io.contextkeep.vault.consent;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.HeldRows;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The stores of customers' consents. */
public record Consents(
    ConsentLedger ledger, Notices notices, ConsentReceipts receipts, PrivacySignal signal) {

  /** Returns the rows about customers. */
  public static List<HeldRows> held() {
    return List.of(
        new HeldRows(
            "consent_event",
            "SELECT id FROM consent_event WHERE subject = ? LIMIT ?",
            "DELETE FROM consent_event WHERE id = ?"),
        new HeldRows(
            "consent_state",
            "SELECT subject, purpose, recipient FROM consent_state WHERE subject = ? LIMIT ?",
            "DELETE FROM consent_state WHERE subject = ? AND purpose = ? AND recipient = ?"),
        new HeldRows(
            "consent_receipt",
            "SELECT number FROM consent_receipt WHERE subject = ? LIMIT ?",
            "DELETE FROM consent_receipt WHERE number = ?"),
        new HeldRows(
            "objection",
            "SELECT subject, purpose FROM objection WHERE subject = ? LIMIT ?",
            "DELETE FROM objection WHERE subject = ? AND purpose = ?"),
        new HeldRows(
            "signal",
            "SELECT number FROM signal WHERE subject = ? LIMIT ?",
            "DELETE FROM signal WHERE number = ?"));
  }

  /**
   * @param listener called when a consent changes
   * @param address the URL under which the vault is reached
   * @param saleOrSharing the purposes that a general opt-out refuses
   */
  public static Consents of(
      Core core,
      ConsentLedger.Listener listener,
      Supplier<String> address,
      Supplier<Set<Purpose>> saleOrSharing) {
    ConsentLedger ledger = new ConsentLedger(listener, core.clock());
    Notices notices = new Notices();
    ConsentReceipts receipts =
        new ConsentReceipts(ledger, notices, core.signingKey(), core.issuer(), address);
    return new Consents(
        ledger, notices, receipts, new PrivacySignal(core.db(), ledger, receipts, saleOrSharing));
  }
}
