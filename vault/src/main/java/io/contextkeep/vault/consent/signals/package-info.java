/**
 * Signals of other systems in which a person said no: TC strings of the IAB's Transparency and
 * Consent Framework and strings of its Global Privacy Platform. They are read for what they deny;
 * what they allow is nobody's permission here.
 */
@NullMarked
package io.contextkeep.vault.consent.signals;

import org.jspecify.annotations.NullMarked;
