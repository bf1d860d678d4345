/**
 * The erasure of a customer in repeatable steps, its signed certificate, and the notices to the
 * apps that received the data (GDPR articles 17 and 19).
 */
@NullMarked
package io.contextkeep.vault.erasure;

import org.jspecify.annotations.NullMarked;
