/**
 * The encrypted context of customers and the path of every read: facts, decision, durable log
 * entry, plaintext, minimised answer. No other package decrypts a value.
 */
@NullMarked
package io.contextkeep.vault.context;

import org.jspecify.annotations.NullMarked;
