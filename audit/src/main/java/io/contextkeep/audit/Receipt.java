package io.contextkeep.audit;

import java.util.HexFormat;

/**
 * The log's word that an entry is in it: its index and leaf hash. One that comes from {@link
 * AuditLog#append} stands for a durable entry; made by {@link AuditLog} alone.
 */
public final class Receipt {
  private final long index;
  private final byte[] leafHash;

  Receipt(long index, byte[] leafHash) {
    this.index = index;
    this.leafHash = leafHash;
  }

  public long index() {
    return index;
  }

  /** The RFC 6962 leaf hash in hexadecimal. */
  public String leafHash() {
    return HexFormat.of().formatHex(leafHash);
  }

  @Override
  public String toString() {
    return "Receipt[" + index + "]";
  }
}
