/**
 * What customers allow and refuse: consent events and their current state, notices, receipts
 * (ISO/IEC TS 27560:2023), objections, and signals such as Global Privacy Control, TCF and GPP. An
 * opt-out holds for the next read.
 */
@NullMarked
package io.contextkeep.vault.consent;

import org.jspecify.annotations.NullMarked;
