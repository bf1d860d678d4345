package io.contextkeep.vault.siem;

import io.contextkeep.audit.AuditRow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * An entry as a syslog message (RFC 5424), framed by its length (RFC 6587 section 3.4.1, RFC 5425
 * section 4.3). The message is the entry as it is hashed; its facts are structured data too.
 */
final class SyslogMessage {
  /** Facility 13, log audit (RFC 5424, table 1). */
  private static final int AUDIT = 13 * 8;

  private static final int WARNING = 4;
  private static final int INFORMATIONAL = 6;
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** The enterprise number that is set aside for examples (RFC 5612): we have none. */
  private static final String DATA_ID = "contextkeep@32473";

  private static final int LONGEST_HOST = 255;

  private SyslogMessage() {}

  /**
   * Returns the octets of the message after their count.
   *
   * @param log the log's origin, used as the host
   */
  static byte[] framed(AuditRow row, String log) {
    byte[] message = text(row, log).getBytes(StandardCharsets.UTF_8);
    byte[] count = (message.length + " ").getBytes(StandardCharsets.US_ASCII);
    byte[] framed = new byte[count.length + message.length];
    System.arraycopy(count, 0, framed, 0, count.length);
    System.arraycopy(message, 0, framed, count.length, message.length);
    return framed;
  }

  static String text(AuditRow row, String log) {
    int severity = row.word("decision").equals("refuse") ? WARNING : INFORMATIONAL;
    StringBuilder text = new StringBuilder(1_024);
    text.append('<').append(AUDIT + severity).append(">1 ");
    text.append(MILLIS.format(Instant.ofEpochMilli(row.time()))).append(' ');
    text.append(host(log)).append(" contextkeep - ").append(row.type()).append(" [");
    text.append(DATA_ID).append(" index=\"").append(row.index()).append('"');
    Facts.of(row)
        .forEach(
            (name, fact) ->
                text.append(' ').append(name).append("=\"").append(escaped(fact)).append('"'));
    return text.append("] ").append(row.json()).toString();
  }

  /** Returns the text if it is printable US-ASCII without spaces. */
  private static String host(String log) {
    String host = log.replaceFirst("/.*", "").replaceAll("[^!-~]", "_");
    return host.isEmpty() ? "-" : host.substring(0, Math.min(LONGEST_HOST, host.length()));
  }

  private static String escaped(String value) {
    return value.replaceAll("([\"\\\\\\]])", "\\\\$1");
  }
}
