/**
 * The erasure of a customer in steps that can each be repeated, its signed certificate, and the
 * notices to the apps that had been given the data (GDPR articles 17 and 19).
 */
@NullMarked
package io.contextkeep.vault.erasure;

import org.jspecify.annotations.NullMarked;
