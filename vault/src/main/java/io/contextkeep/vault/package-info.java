/**
 * The vault program: its commands, its configuration, and the composition root that puts the
 * features together. Nothing depends on this package.
 */
@NullMarked
package io.contextkeep.vault;

import org.jspecify.annotations.NullMarked;
