package io.contextkeep.vault.faults;

/** The receipt of disclosed context: the entry and leaf hash that must stay in the log. */
record Acknowledged(long index, String leafHash) {}
