/**
 * Consent: events and their current state, notices, receipts (ISO/IEC TS 27560:2023), objections,
 * and signals such as Global Privacy Control, TCF and GPP. The next read after an opt-out is
 * decided by it.
 */
@NullMarked
package io.contextkeep.vault.consent;

import org.jspecify.annotations.NullMarked;
