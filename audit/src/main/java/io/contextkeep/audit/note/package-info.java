/**
 * Signed notes and checkpoints by C2SP: text that keys of several kinds have signed, and the one
 * text that says how large a log is and what its root is.
 */
@NullMarked
package io.contextkeep.audit.note;

import org.jspecify.annotations.NullMarked;
