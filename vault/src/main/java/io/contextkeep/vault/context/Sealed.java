package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;

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

  public static String valueRecord(String name) {
    return "value/" + name;
  }

  public static String eventRecord(String name, byte[] id) {
    return "event/" + name + "/" + java.util.HexFormat.of().formatHex(id);
  }
}
