/** The operation of a vault: metrics, readiness, backup. */
@NullMarked
package io.contextkeep.vault.ops;

import org.jspecify.annotations.NullMarked;
