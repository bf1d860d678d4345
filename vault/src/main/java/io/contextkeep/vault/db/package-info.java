/** SQLite: one file, one writer, snapshots for readers. */
@NullMarked
package io.contextkeep.vault.db;

import org.jspecify.annotations.NullMarked;
