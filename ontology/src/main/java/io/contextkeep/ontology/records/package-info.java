/**
 * Consent records and receipts (ISO/IEC TS 27560:2023 in the DPV-27560 profile): their JSON-LD, the
 * triples that it means, and the shapes that each must conform to before it is used.
 */
@NullMarked
package io.contextkeep.ontology.records;

import org.jspecify.annotations.NullMarked;
