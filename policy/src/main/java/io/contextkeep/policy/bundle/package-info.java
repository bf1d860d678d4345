/**
 * OPA bundles from outside, read as bytes that anybody may have made: verified, tried, and only
 * then put into force. {@link LoadGate} is the way in.
 */
@NullMarked
package io.contextkeep.policy.bundle;

import org.jspecify.annotations.NullMarked;
