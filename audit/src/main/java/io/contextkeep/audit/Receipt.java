package io.contextkeep.audit;

import java.util.HexFormat;

/**
 * The log's statement that an entry is in it: its index and leaf hash. A receipt of {@link
 * AuditLog#append} is for a durable entry; only {@link AuditLog} makes receipts.
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

  /** Returns the RFC 6962 leaf hash in hexadecimal. */
  public String leafHash() {
    return HexFormat.of().formatHex(leafHash);
  }

  @Override
  public String toString() {
    return "Receipt[" + index + "]";
  }
}
