package io.contextkeep.vault.http;

import io.contextkeep.audit.EntryType;
import java.util.Map;

/**
 * What a customer does with a right of hers: the change, and what the log says of it. A call of its
 * own and a request that is followed as a case do the same one.
 */
record Act(EntryType type, Map<String, Object> facts, Me.Change change) {}
