/** The engine that asks a central OPA server over HTTP. */
@NullMarked
package io.contextkeep.policy.server;

import org.jspecify.annotations.NullMarked;
