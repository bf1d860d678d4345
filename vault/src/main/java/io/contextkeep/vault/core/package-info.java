/** What every feature is built on, and what each of them adds to the running vault. */
@NullMarked
package io.contextkeep.vault.core;

import org.jspecify.annotations.NullMarked;
