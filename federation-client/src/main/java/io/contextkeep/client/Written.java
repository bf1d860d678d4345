package io.contextkeep.client;

/** The result of a write: a report on the lines, or no answer now. */
public sealed interface Written permits WriteReport, Unavailable {}
