/**
 * What is pushed to others: each message is a row that is written in the transaction that caused
 * it, and goes when its receiver has it. So each is sent at least once, also after a crash; the
 * receiver knows a second copy by the message's id. What stays undelivered for too long is a dead
 * letter, which is kept for a while and counted.
 */
@NullMarked
package io.contextkeep.vault.outbox;

import org.jspecify.annotations.NullMarked;
