/** The infrastructure of every feature, and the interface by which features add to the vault. */
@NullMarked
package io.contextkeep.vault.core;

import org.jspecify.annotations.NullMarked;
