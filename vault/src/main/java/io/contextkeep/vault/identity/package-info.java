/** Who is calling: bearer tokens, their issuers, and the caller they stand for. */
@NullMarked
package io.contextkeep.vault.identity;

import org.jspecify.annotations.NullMarked;
