/** What the vault sends to others, and where it may. */
@NullMarked
package io.contextkeep.vault.net;

import org.jspecify.annotations.NullMarked;
