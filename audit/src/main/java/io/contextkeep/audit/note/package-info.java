/**
 * Signed notes and checkpoints by C2SP: text that keys of several kinds have signed, and the text
 * that states a log's size and root.
 */
@NullMarked
package io.contextkeep.audit.note;

import org.jspecify.annotations.NullMarked;
