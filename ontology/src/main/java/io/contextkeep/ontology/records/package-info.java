/**
 * Consent records and receipts (ISO/IEC TS 27560:2023 in the DPV-27560 profile): their JSON-LD, the
 * triples that it means, and the shapes that every one must have before it counts.
 */
@NullMarked
package io.contextkeep.ontology.records;

import org.jspecify.annotations.NullMarked;
