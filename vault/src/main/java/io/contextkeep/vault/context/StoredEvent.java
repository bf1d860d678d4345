package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;

/** A row of the event table. */
record StoredEvent(EventPlace place, String source, String batch, byte[] bytes) {

  /** Reads the columns name, observed, id, source, batch and sealed. */
  static StoredEvent of(ResultSet row) throws SQLException {
    return new StoredEvent(
        new EventPlace(row.getString(1), row.getLong(2), HexFormat.of().formatHex(row.getBytes(3))),
        row.getString(4),
        row.getString(5),
        row.getBytes(6));
  }

  Sealed of(Attribute attribute) {
    return new Sealed(
        attribute,
        Sealed.eventRecord(attribute.name(), place.idBytes()),
        place.observed(),
        place.observed(),
        source,
        batch,
        bytes);
  }
}
