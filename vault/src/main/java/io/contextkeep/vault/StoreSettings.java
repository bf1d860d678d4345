package io.contextkeep.vault;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a vault keeps its files.
 *
 * @param data where vault.db and the graph are kept
 * @param keys where keys.db and the root key are kept; apart, so that one backup holds never both
 * @param deadline how long a read or a write may wait for its turn before it is refused
 */
record StoreSettings(Path data, Path keys, Duration deadline) {}
