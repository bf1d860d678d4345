/**
 * What a controller must be able to show: records of processing, what apps could see at a past
 * time, and who was affected by a breach.
 */
@NullMarked
package io.contextkeep.vault.accountability;

import org.jspecify.annotations.NullMarked;
