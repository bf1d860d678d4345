/**
 * The rights of customers: calls for each right, requests as cases with rules, due times, states
 * and evidence, and authorised agents, who make requests for customers by the Data Rights Protocol.
 *
 * <p>Agents are registered; a signed message of an agent is accepted once; and agents that asked
 * for it are called back when the state of a request changes.
 */
@NullMarked
package io.contextkeep.vault.rights;

import org.jspecify.annotations.NullMarked;
