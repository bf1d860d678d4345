/** What the words mean: purposes, data categories, legal bases, consent and lineage. */
@NullMarked
package io.contextkeep.ontology;

import org.jspecify.annotations.NullMarked;
