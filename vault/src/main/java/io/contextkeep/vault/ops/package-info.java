/** Running a vault: what is measured, what is swept away, what is copied for the worst case. */
@NullMarked
package io.contextkeep.vault.ops;

import org.jspecify.annotations.NullMarked;
