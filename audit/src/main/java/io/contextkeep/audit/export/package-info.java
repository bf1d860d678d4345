/** Entries of the log in the words of other people's tools. */
@NullMarked
package io.contextkeep.audit.export;

import org.jspecify.annotations.NullMarked;
