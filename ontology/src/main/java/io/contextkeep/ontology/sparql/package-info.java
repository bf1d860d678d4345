/** Questions to the graphs in SPARQL 1.1, by people who are trusted with the answers alone. */
@NullMarked
package io.contextkeep.ontology.sparql;

import org.jspecify.annotations.NullMarked;
