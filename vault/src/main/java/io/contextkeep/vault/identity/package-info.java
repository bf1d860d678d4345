/** Authentication: bearer tokens, their issuers, and the caller that a token stands for. */
@NullMarked
package io.contextkeep.vault.identity;

import org.jspecify.annotations.NullMarked;
