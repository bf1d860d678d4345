/**
 * The rights of customers, as calls of their own and as cases followed to their end: under which
 * rules, until when, in which state, and with what evidence.
 */
@NullMarked
package io.contextkeep.vault.rights;

import org.jspecify.annotations.NullMarked;
