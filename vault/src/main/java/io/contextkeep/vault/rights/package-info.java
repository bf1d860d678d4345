/**
 * The rights of customers: calls for each right, and requests as cases with rules, due times,
 * states and evidence.
 */
@NullMarked
package io.contextkeep.vault.rights;

import org.jspecify.annotations.NullMarked;
