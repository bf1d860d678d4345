package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.Jcs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A collector for OPA's decision logs: a gzipped JSON array of events is posted to {@code /logs}.
 * It receives only the entries that are decisions.
 */
final class DecisionLogCollector implements Collector {
  private final Delivery delivery;
  private final String log;

  /**
   * @param delivery posts to the service's {@code /logs}
   * @param log the log's origin
   */
  DecisionLogCollector(Delivery delivery, String log) {
    this.delivery = delivery;
    this.log = log;
  }

  @Override
  public String name() {
    return "decisions";
  }

  /** Sends the events; like OPA, it accepts every answer with a status of 2xx. */
  @Override
  public void send(List<AuditRow> entries) throws IOException {
    List<Map<String, Object>> events =
        entries.stream()
            .filter(DecisionEvent::isDecision)
            .map(row -> DecisionEvent.of(row, log))
            .toList();
    if (events.isEmpty()) {
      return;
    }
    int status = delivery.post(zipped(Jcs.bytes(events)), "Content-Encoding", "gzip").statusCode();
    if (status < 200 || status > 299) {
      throw new IOException("The collector answered " + status);
    }
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream(bytes.length / 4);
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }

  @Override
  public void close() {
    delivery.close();
  }
}
