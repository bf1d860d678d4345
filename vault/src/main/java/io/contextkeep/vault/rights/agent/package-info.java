/**
 * Agents who make requests for customers by the Data Rights Protocol: who they are, what they may
 * send once, and how they are told what becomes of it.
 */
@NullMarked
package io.contextkeep.vault.rights.agent;

import org.jspecify.annotations.NullMarked;
