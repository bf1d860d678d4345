/**
 * Messages to other systems, sent at least once: each is a row written in the transaction that
 * caused it, and is deleted when its receiver has it. Receivers recognise a second copy by its id.
 * A message that stays undelivered for too long is kept as a dead letter and counted.
 */
@NullMarked
package io.contextkeep.vault.outbox;

import org.jspecify.annotations.NullMarked;
