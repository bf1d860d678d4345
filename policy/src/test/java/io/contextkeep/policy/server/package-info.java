/** Tests of both engines: their common contract, and the failures of the one over HTTP. */
@NullMarked
package io.contextkeep.policy.server;

import org.jspecify.annotations.NullMarked;
