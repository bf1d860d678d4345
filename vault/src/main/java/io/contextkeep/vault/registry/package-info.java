/**
 * What operators register: apps and attributes, with every version of both, and the rules that
 * values are checked by.
 */
@NullMarked
package io.contextkeep.vault.registry;

import org.jspecify.annotations.NullMarked;
