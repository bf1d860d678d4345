package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * An encrypted value or event with its metadata in clear: its attribute, the time of its
 * observation, and its source.
 */
public record Sealed(
    Attribute attribute,
    String record,
    long version,
    long observed,
    String source,
    String batch,
    byte[] bytes) {

  /** Reads columns 2 to 7 of a value: version, observed, name, source, batch, sealed. */
  static Sealed value(ResultSet row, Attribute attribute) throws SQLException {
    return new Sealed(
        attribute,
        valueRecord(attribute.name()),
        row.getLong(2),
        row.getLong(3),
        row.getString(5),
        row.getString(6),
        row.getBytes(7));
  }

  public static String valueRecord(String name) {
    return "value/" + name;
  }

  public static String eventRecord(String name, byte[] id) {
    return eventRecord(name, HexFormat.of().formatHex(id));
  }

  /**
   * @param id in hexadecimal
   */
  static String eventRecord(String name, String id) {
    return "event/" + name + "/" + id;
  }
}
