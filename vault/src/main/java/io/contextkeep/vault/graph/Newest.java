package io.contextkeep.vault.graph;

/**
 * The numbers of the newest consent event, batch, release and removal in the database, and of the
 * last complete hour of its log; erased events count.
 */
record Newest(long consents, long batches, long releases, long removals, long accesses) {}
