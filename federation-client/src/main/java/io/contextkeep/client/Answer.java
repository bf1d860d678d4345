package io.contextkeep.client;

/**
 * The result of a read of one customer's context: disclosed context, a refusal, a damaged record,
 * or no answer now. Switch over it without a default, so that the compiler finds every missing
 * case.
 */
public sealed interface Answer permits Disclosed, Refused, Damaged, Unavailable {}
