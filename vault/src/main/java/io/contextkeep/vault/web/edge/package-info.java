/** The outermost edge of HTTP: connections and the framing of requests, checked before routing. */
@NullMarked
package io.contextkeep.vault.web.edge;

import org.jspecify.annotations.NullMarked;
