package io.contextkeep.vault.graph;

/**
 * The numbers of the consent event, the batch, the release and the removal that the database took
 * in last, and of the last hour of its log that is over; erased events count.
 */
record Newest(long consents, long batches, long releases, long removals, long accesses) {}
