package io.contextkeep.vault.context;

import io.contextkeep.vault.registry.Attribute;

/** A row of the value table. */
record StoredValue(
    String name, long version, long observed, String source, String batch, byte[] bytes) {
  Sealed of(Attribute attribute) {
    return new Sealed(attribute, Sealed.valueRecord(name), version, observed, source, batch, bytes);
  }
}
