/**
 * What an erasure leaves for others: its signed certificate, and the notices to those who were
 * given the data (GDPR Art. 17 and 19).
 */
@org.jspecify.annotations.NullMarked
package io.contextkeep.vault.erasure;
