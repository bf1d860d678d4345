/**
 * Records of activities for the graph: batches that came in, statistics that were released, data
 * that was removed. They name categories and sources, never a customer.
 */
@NullMarked
package io.contextkeep.vault.provenance;

import org.jspecify.annotations.NullMarked;
