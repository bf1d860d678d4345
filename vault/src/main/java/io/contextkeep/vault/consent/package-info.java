/**
 * What customers were told and what they were handed: notices in versions and languages, and a
 * signed receipt of each change of a consent (ISO/IEC TS 27560:2023), with a list that says which
 * receipts still tell how things stand.
 */
@NullMarked
package io.contextkeep.vault.consent;

import org.jspecify.annotations.NullMarked;
