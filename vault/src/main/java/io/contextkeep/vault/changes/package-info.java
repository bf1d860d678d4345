/** Changes that one operator proposes and another approves. */
@NullMarked
package io.contextkeep.vault.changes;

import org.jspecify.annotations.NullMarked;
