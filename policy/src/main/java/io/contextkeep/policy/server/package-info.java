/** Decisions of a central OPA server over HTTP, as another engine behind the gate. */
@NullMarked
package io.contextkeep.policy.server;

import org.jspecify.annotations.NullMarked;
