package io.contextkeep.client;

/**
 * What comes of asking for one customer's context: some of it, a no, a record that was altered, or
 * no answer now. Switch over it without a default, and the compiler shows every place that forgot
 * one of them.
 */
public sealed interface Answer permits Disclosed, Refused, Damaged, Unavailable {}
