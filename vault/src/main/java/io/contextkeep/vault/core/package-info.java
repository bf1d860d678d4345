/** The infrastructure that every feature is built on, and what each feature adds to the vault. */
@NullMarked
package io.contextkeep.vault.core;

import org.jspecify.annotations.NullMarked;
