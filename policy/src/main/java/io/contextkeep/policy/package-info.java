/** Who may: the compiled policy, and the gate that alone makes a Permit. */
@NullMarked
package io.contextkeep.policy;

import org.jspecify.annotations.NullMarked;
