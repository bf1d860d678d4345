/** The audit log's copy for whoever watches many systems at once: after commit, never before. */
@NullMarked
package io.contextkeep.vault.siem;

import org.jspecify.annotations.NullMarked;
