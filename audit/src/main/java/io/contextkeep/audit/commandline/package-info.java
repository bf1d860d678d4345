/** Command-line conventions that the programs of this project share. */
@NullMarked
package io.contextkeep.audit.commandline;

import org.jspecify.annotations.NullMarked;
