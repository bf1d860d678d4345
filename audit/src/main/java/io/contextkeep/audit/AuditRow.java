package io.contextkeep.audit;

import io.contextkeep.audit.tree.Hashes;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * One entry as it stands in the log: its public facts, nothing about whom it concerns. Facts that
 * the entry does not have are "".
 *
 * @param time milliseconds since 1970
 * @param json the leaf's canonical bytes as text, from which the leaf hash can be made again
 */
public record AuditRow(
    long index,
    long time,
    String type,
    String actor,
    String purpose,
    String decision,
    String policy,
    String json) {

  static final String COLUMNS =
      "l.idx, l.time, l.type, l.actor, l.purpose, l.decision, l.policy, l.bytes";

  static AuditRow of(ResultSet row) throws SQLException {
    return new AuditRow(
        row.getLong(1),
        row.getLong(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        Leaf.text(row.getBytes(8)));
  }

  /** RFC 6962, in hexadecimal. */
  public String leafHash() {
    return HexFormat.of().formatHex(Hashes.leaf(json.getBytes(StandardCharsets.UTF_8)));
  }
}
