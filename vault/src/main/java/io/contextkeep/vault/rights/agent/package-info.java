/**
 * Authorised agents, who make requests for customers by the Data Rights Protocol: their
 * registration, signed messages that are accepted once, and status callbacks.
 */
@NullMarked
package io.contextkeep.vault.rights.agent;

import org.jspecify.annotations.NullMarked;
