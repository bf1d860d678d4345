/**
 * The policy in force and how it changes: from which bundle it comes, what operators have changed
 * in its catalogue, and how one takes the other's place while it decides.
 */
@NullMarked
package io.contextkeep.vault.policy;

import org.jspecify.annotations.NullMarked;
