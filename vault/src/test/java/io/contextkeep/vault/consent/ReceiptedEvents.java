package io.contextkeep.vault.consent;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.vault.crypto.JwsKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Consent events with their receipts, appended as the API appends them, for the benchmarks. */
public final class ReceiptedEvents {
  private final Notices notices = new Notices();
  private final ConsentReceipts receipts;

  public ReceiptedEvents(ConsentLedger ledger, JwsKey key) {
    this.receipts =
        new ConsentReceipts(ledger, notices, key, "urn:vault", () -> "http://127.0.0.1:8080");
  }

  /** Publishes a notice that events may refer to. */
  public void publish(Connection c, String id, String notice, Instant at) throws SQLException {
    notices.put(c, Notices.read(id, 1, notice), at);
  }

  /** Appends an event that states when it was made. */
  public void append(Connection c, ConsentEvent event) throws SQLException {
    receipts.append(c, List.of(event), Optional.of(event.at()));
  }
}
