/** See the module description. */
@NullMarked
package io.contextkeep.vault;

import org.jspecify.annotations.NullMarked;
