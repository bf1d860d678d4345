/**
 * The vault program: its commands, its configuration, and the composition root that puts the
 * features together. No other package depends on this one.
 */
@NullMarked
package io.contextkeep.vault;

import org.jspecify.annotations.NullMarked;
