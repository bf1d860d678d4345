package io.contextkeep.client;

/**
 * A permitted read whose record was altered in the vault, so that none of it is shown. The vault's
 * operator can tell why; a retry has the same result.
 */
public record Damaged(Receipt receipt) implements Answer {}
