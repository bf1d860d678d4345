/** See the module description. */
@NullMarked
package io.contextkeep.ontology;

import org.jspecify.annotations.NullMarked;
