/** A log as its readers get it: over HTTP, or as a directory of the same files. */
@NullMarked
package io.contextkeep.audit.source;

import org.jspecify.annotations.NullMarked;
