package io.contextkeep.vault.siem;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.Jcs;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A collector for OpenTelemetry log records over HTTP, in OTLP's JSON encoding (OTLP 1.x). The body
 * of a record is the entry as it is hashed; its facts are attributes as well.
 */
final class OtlpCollector implements Collector {
  private static final int INFO = 9;
  private static final int WARN = 13;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(OtlpCollector.class);

  private final Delivery delivery;
  private final String log;

  /**
   * @param log the log's origin
   */
  OtlpCollector(Delivery delivery, String log) {
    this.delivery = delivery;
    this.log = log;
  }

  @Override
  public String name() {
    return "otlp";
  }

  /**
   * Sends the entries; any status but 200 is a failure. A partial success is logged, as nothing of
   * it may be sent again (OTLP 1.x, Partial Success).
   */
  @Override
  public void send(List<AuditRow> entries) throws IOException {
    HttpResponse<byte[]> answer = delivery.post(Jcs.bytes(request(entries)));
    if (answer.statusCode() != 200) {
      throw new IOException("The collector answered " + answer.statusCode());
    }
    noteRejected(answer.body());
  }

  /** Logs the number of entries that the collector rejected and that may not be sent again. */
  private static void noteRejected(byte[] answer) throws IOException {
    long rejected =
        answer.length == 0
            ? 0
            : JSON.readTree(answer).at("/partialSuccess/rejectedLogRecords").asLong();
    if (rejected > 0) {
      LOG.atError().addKeyValue("entries", rejected).log("the collector rejected entries");
    }
  }

  private Map<String, Object> request(List<AuditRow> entries) {
    Map<String, Object> resource =
        Map.of(
            "attributes",
            List.of(attribute("service.name", "contextkeep"), attribute("contextkeep.log", log)));
    Map<String, Object> scope =
        Map.of(
            "scope", Map.of("name", "contextkeep.audit"),
            "logRecords", entries.stream().map(OtlpCollector::logRecord).toList());
    return Map.of(
        "resourceLogs", List.of(Map.of("resource", resource, "scopeLogs", List.of(scope))));
  }

  private static Map<String, Object> logRecord(AuditRow row) {
    boolean refused = row.word("decision").equals("refuse");
    Map<String, Object> logRecord = new TreeMap<>();
    logRecord.put("timeUnixNano", row.time() + "000000");
    logRecord.put("observedTimeUnixNano", row.time() + "000000");
    logRecord.put("severityNumber", refused ? WARN : INFO);
    logRecord.put("severityText", refused ? "WARN" : "INFO");
    logRecord.put("eventName", "contextkeep.audit." + row.type());
    logRecord.put("body", Map.of("stringValue", row.json()));
    List<Map<String, Object>> attributes = new ArrayList<>();
    attributes.add(
        Map.of(
            "key", "contextkeep.index", "value", Map.of("intValue", Long.toString(row.index()))));
    Facts.of(row).forEach((name, fact) -> attributes.add(attribute("contextkeep." + name, fact)));
    logRecord.put("attributes", attributes);
    return logRecord;
  }

  private static Map<String, Object> attribute(String key, String value) {
    return Map.of("key", key, "value", Map.of("stringValue", value));
  }

  @Override
  public void close() {
    delivery.close();
  }
}
