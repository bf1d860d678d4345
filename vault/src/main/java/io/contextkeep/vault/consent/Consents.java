package io.contextkeep.vault.consent;

import io.contextkeep.ontology.Purpose;
import io.contextkeep.vault.core.Core;
import java.util.Set;
import java.util.function.Supplier;

/** The stores of customers' consents. */
public record Consents(
    ConsentLedger ledger, Notices notices, ConsentReceipts receipts, PrivacySignal signal) {

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
