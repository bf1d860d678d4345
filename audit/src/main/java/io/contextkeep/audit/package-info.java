/** The audit log: an append-only Merkle tree of entries, its receipts and its store. */
@NullMarked
package io.contextkeep.audit;

import org.jspecify.annotations.NullMarked;
