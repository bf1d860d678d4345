/**
 * Customers' exercise of their rights as cases that are followed to their end: under which rules,
 * until when, in which state, and what shows that it was done.
 */
@NullMarked
package io.contextkeep.vault.rights;

import org.jspecify.annotations.NullMarked;
