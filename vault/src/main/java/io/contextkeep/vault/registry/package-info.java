/**
 * The registrations of operators: apps and attributes, with every version of both, and the rules
 * for checking values.
 */
@NullMarked
package io.contextkeep.vault.registry;

import org.jspecify.annotations.NullMarked;
