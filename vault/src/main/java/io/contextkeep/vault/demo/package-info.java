/** Real data to try the vault with: the loader of the Online Retail data set, and the demo. */
@NullMarked
package io.contextkeep.vault.demo;

import org.jspecify.annotations.NullMarked;
