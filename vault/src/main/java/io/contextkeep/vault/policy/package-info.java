/**
 * The policy in force: the source of its bundle, operators' changes of its catalogue, and the
 * replacement of one policy by another without interrupting decisions.
 */
@NullMarked
package io.contextkeep.vault.policy;

import org.jspecify.annotations.NullMarked;
