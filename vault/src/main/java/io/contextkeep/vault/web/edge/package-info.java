/** The outermost edge: connections and the framing of requests, before anything has a meaning. */
@NullMarked
package io.contextkeep.vault.web.edge;

import org.jspecify.annotations.NullMarked;
