/** Entries of the log in the formats of other tools. */
@NullMarked
package io.contextkeep.audit.export;

import org.jspecify.annotations.NullMarked;
