package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditRow;
import java.io.IOException;
import java.util.List;

/** Where copies of the log's entries go. */
interface Collector extends AutoCloseable {
  /** A coded word for metrics and files. */
  String name();

  /**
   * Hands the entries over and returns once the collector has all of them.
   *
   * @throws IOException if that is not certain; then they are sent again, some perhaps twice
   */
  void send(List<AuditRow> entries) throws IOException;

  /** Ends what is under way. */
  @Override
  void close();
}
