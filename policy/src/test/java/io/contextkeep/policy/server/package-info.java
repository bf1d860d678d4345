/** One gate, two engines: what holds for both, and how the one over HTTP fails. */
@NullMarked
package io.contextkeep.policy.server;

import org.jspecify.annotations.NullMarked;
