/**
 * Questions about decisions: why one was made, and what would change under another policy or fact.
 * Nothing here decides a read or opens context.
 */
@NullMarked
package io.contextkeep.vault.simulation;

import org.jspecify.annotations.NullMarked;
