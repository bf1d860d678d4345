package io.contextkeep.vault;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of a vault's files.
 *
 * @param data the directory of vault.db and the graph
 * @param keys the directory of keys.db and the root key; separate, so that no backup has both
 * @param deadline the longest wait of a read or write before it is refused
 * @param capsulePercent the share of the heap for the facts of the customers who were read last; 0
 *     for none
 */
record StoreSettings(Path data, Path keys, Duration deadline, int capsulePercent) {
  /** Returns the memory for those facts, in bytes. */
  long capsuleBytes() {
    return Runtime.getRuntime().maxMemory() / 100 * capsulePercent;
  }
}
