@NullMarked
package io.contextkeep.policy.bundle;

import org.jspecify.annotations.NullMarked;
