/**
 * The policy in force and how it changes: where its bundle comes from, what operators changed in
 * its catalogue, and how one policy replaces another while decisions go on.
 */
@NullMarked
package io.contextkeep.vault.policy;

import org.jspecify.annotations.NullMarked;
