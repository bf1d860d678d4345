/** The RFC 6962 tree: its hashes, its proofs, and the C2SP tiles in which it is stored and sent. */
@NullMarked
package io.contextkeep.audit.tree;

import org.jspecify.annotations.NullMarked;
