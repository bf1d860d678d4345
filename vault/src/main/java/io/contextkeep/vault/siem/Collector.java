package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditRow;
import java.io.IOException;
import java.util.List;

/** A receiver of copies of the log's entries. */
interface Collector extends AutoCloseable {
  /** Returns its code in metrics and file names. */
  String name();

  /**
   * Sends entries and returns after the collector has received all of them.
   *
   * @throws IOException if that is uncertain; the entries are then sent again
   */
  void send(List<AuditRow> entries) throws IOException;

  /** Aborts a transfer. */
  @Override
  void close();
}
