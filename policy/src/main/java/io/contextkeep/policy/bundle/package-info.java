/**
 * Policies from outside: OPA's bundles, read from bytes that anybody may have made, verified, tried
 * and only then believed. {@link LoadGate} is the way in.
 */
@NullMarked
package io.contextkeep.policy.bundle;

import org.jspecify.annotations.NullMarked;
