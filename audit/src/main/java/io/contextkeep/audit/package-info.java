/** What happened: the append-only Merkle log, its proofs and its verifier. */
@NullMarked
package io.contextkeep.audit;

import org.jspecify.annotations.NullMarked;
