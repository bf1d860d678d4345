/** A policy that is asked over HTTP: the gate's other engine, a central OPA server. */
@NullMarked
package io.contextkeep.policy.server;

import org.jspecify.annotations.NullMarked;
