/**
 * Signed notes and checkpoints as C2SP writes them down: text that keys of several kinds have
 * signed, and the one text that says how large a log is and what its root is.
 */
@NullMarked
package io.contextkeep.audit.note;

import org.jspecify.annotations.NullMarked;
