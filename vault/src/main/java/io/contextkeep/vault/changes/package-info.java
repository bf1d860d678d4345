/**
 * Changes that one operator proposes and another approves. A change that only takes rights away
 * takes effect at once.
 */
@NullMarked
package io.contextkeep.vault.changes;

import org.jspecify.annotations.NullMarked;
