package io.contextkeep.client;

/** The result of asking for notices: the open ones, or no answer now. */
public sealed interface Notified permits ErasureNotices, Unavailable {}
