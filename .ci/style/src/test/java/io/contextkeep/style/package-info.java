/** How the sources of all modules are written. */
@NullMarked
package io.contextkeep.style;

import org.jspecify.annotations.NullMarked;
