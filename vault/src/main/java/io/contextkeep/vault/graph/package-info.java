/**
 * The graph of consent and lineage: a projection of the database that can be deleted and rebuilt.
 * No decision about a read depends on it.
 */
@NullMarked
package io.contextkeep.vault.graph;

import org.jspecify.annotations.NullMarked;
