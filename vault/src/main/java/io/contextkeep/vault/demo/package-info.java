/** The demo, and the loader of the Online Retail data set. */
@NullMarked
package io.contextkeep.vault.demo;

import org.jspecify.annotations.NullMarked;
