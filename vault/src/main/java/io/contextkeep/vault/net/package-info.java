/**
 * Connections to other systems: one guard for addresses that come from outside, pinned peers,
 * deadlines and size limits for every answer.
 */
@NullMarked
package io.contextkeep.vault.net;

import org.jspecify.annotations.NullMarked;
