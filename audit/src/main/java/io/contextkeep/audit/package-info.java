/** See the module description. */
@NullMarked
package io.contextkeep.audit;

import org.jspecify.annotations.NullMarked;
