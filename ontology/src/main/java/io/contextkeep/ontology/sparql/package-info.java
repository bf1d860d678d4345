/** SPARQL 1.1 queries over the graphs, bounded in time and size, for auditors. */
@NullMarked
package io.contextkeep.ontology.sparql;

import org.jspecify.annotations.NullMarked;
