/**
 * Decisions: the compiled OPA policy, and the gate, the only maker of permits. An undefined, failed
 * or late decision is a refusal.
 */
@NullMarked
package io.contextkeep.policy;

import org.jspecify.annotations.NullMarked;
