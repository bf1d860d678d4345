package io.contextkeep.client;

/**
 * The vault was allowed to answer and could not: what it holds about this customer was altered, and
 * none of it is shown. The vault's operator can tell why; asking again brings the same.
 */
public record Damaged(Receipt receipt) implements Answer {}
