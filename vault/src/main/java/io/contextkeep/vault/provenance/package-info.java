/**
 * Records of activities for the graph: batches of sources, releases of statistics, and removals of
 * data. They name categories and sources, never a customer.
 */
@NullMarked
package io.contextkeep.vault.provenance;

import org.jspecify.annotations.NullMarked;
