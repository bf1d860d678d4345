package io.contextkeep.client;

/** What comes of asking for notices: those that are open, or no answer now. */
public sealed interface Notified permits ErasureNotices, Unavailable {}
