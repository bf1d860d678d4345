package io.contextkeep.vault.faults;

/**
 * What the vault said when it gave context: the entry and leaf hash that must be there for ever.
 */
record Acknowledged(long index, String leafHash) {}
