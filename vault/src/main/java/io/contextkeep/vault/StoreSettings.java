package io.contextkeep.vault;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of a vault's files.
 *
 * @param data the directory of vault.db and the graph
 * @param keys the directory of keys.db and the root key; separate, so that no backup has both
 * @param deadline the longest wait of a read or write before it is refused
 */
record StoreSettings(Path data, Path keys, Duration deadline) {}
