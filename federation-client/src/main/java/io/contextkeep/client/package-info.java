/** See the module description. */
@NullMarked
package io.contextkeep.client;

import org.jspecify.annotations.NullMarked;
