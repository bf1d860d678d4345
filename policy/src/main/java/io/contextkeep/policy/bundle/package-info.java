/**
 * OPA bundles from outside, which are untrusted: they are verified and checked before they are put
 * in force. {@link LoadGate} makes the checks.
 */
@NullMarked
package io.contextkeep.policy.bundle;

import org.jspecify.annotations.NullMarked;
