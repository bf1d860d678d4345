/** Sources of a log for readers: over HTTP, or a directory of the same files. */
@NullMarked
package io.contextkeep.audit.source;

import org.jspecify.annotations.NullMarked;
