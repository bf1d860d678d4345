/**
 * A controller's accountability: records of processing, apps' access at a past time, and the
 * customers affected by a breach.
 */
@NullMarked
package io.contextkeep.vault.accountability;

import org.jspecify.annotations.NullMarked;
