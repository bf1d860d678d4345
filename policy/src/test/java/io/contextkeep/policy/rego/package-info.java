/** Tests of the Rego itself: its documentation, and the coverage of its own tests. */
@NullMarked
package io.contextkeep.policy.rego;

import org.jspecify.annotations.NullMarked;
