/**
 * Opt-outs that persons made in other systems: TC strings of the IAB's Transparency and Consent
 * Framework and strings of its Global Privacy Platform. Only refusals are read; a string is never
 * evidence of consent here.
 */
@NullMarked
package io.contextkeep.vault.consent.signals;

import org.jspecify.annotations.NullMarked;
