/**
 * The verifiable index: a prefix tree over the labels that entries carry, which anyone can rebuild
 * from the entries and which proves the place of any label, or its absence.
 *
 * <p>A label is 32 bytes. The tree's hashes are over SHA-256: of a label alone in its subtree, the
 * byte 2, the label and the entry's index in eight bytes; of two subtrees, the byte 3 and their
 * hashes; of no label at all, 32 zero bytes. The first bit of a label is the most significant bit
 * of its first byte and chooses between the root's left (0) and right (1).
 */
@NullMarked
package io.contextkeep.audit.labels;

import org.jspecify.annotations.NullMarked;
