/** Rules across all modules. */
@NullMarked
package io.contextkeep.architecture;

import org.jspecify.annotations.NullMarked;
