/**
 * The audit log as people and programs read it: search, export, proofs, tiles (C2SP tlog-tiles),
 * witnesses, and its retention.
 */
@NullMarked
package io.contextkeep.vault.auditlog;

import org.jspecify.annotations.NullMarked;
