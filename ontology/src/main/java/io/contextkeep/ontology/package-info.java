/**
 * The vocabulary: DPV purposes, data categories and legal bases, consent events and their states,
 * and lineage in RDF.
 */
@NullMarked
package io.contextkeep.ontology;

import org.jspecify.annotations.NullMarked;
