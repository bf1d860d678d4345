/**
 * Where each value about a customer came from and who has read it, for the customer and, without
 * names, for data catalogues (OpenLineage).
 */
@NullMarked
package io.contextkeep.vault.lineage;

import org.jspecify.annotations.NullMarked;
