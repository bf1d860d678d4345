/**
 * Tests of the Rego itself: what it says of its rules, and that its tests would notice a change.
 */
@NullMarked
package io.contextkeep.policy.rego;

import org.jspecify.annotations.NullMarked;
