package io.contextkeep.vault.graph;

/**
 * The numbers of the consent event and the batch that the database took in last; erased events
 * count.
 */
record Newest(long consents, long batches) {}
