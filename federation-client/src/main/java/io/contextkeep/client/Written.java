package io.contextkeep.client;

/** What comes of writing: a report on the lines, or no answer now. */
public sealed interface Written permits WriteReport, Unavailable {}
