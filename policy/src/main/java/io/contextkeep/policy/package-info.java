/** See the module description. */
@NullMarked
package io.contextkeep.policy;

import org.jspecify.annotations.NullMarked;
