/** The manner that this project's programs share on the command line. */
@NullMarked
package io.contextkeep.audit.commandline;

import org.jspecify.annotations.NullMarked;
