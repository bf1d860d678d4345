/** Keys and seals: the root key, each customer's data key, the blind index. */
@NullMarked
package io.contextkeep.vault.crypto;

import org.jspecify.annotations.NullMarked;
