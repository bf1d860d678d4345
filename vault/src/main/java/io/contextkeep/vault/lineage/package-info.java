/** Where what is held about a customer came from, and who has read it. */
@NullMarked
package io.contextkeep.vault.lineage;

import org.jspecify.annotations.NullMarked;
