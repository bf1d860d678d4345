/**
 * Changes of policy with evidence: recorded decisions are asked again, of another policy or under
 * another fact, and what would flip is counted. Nothing here decides about a read or opens context.
 */
@NullMarked
package io.contextkeep.vault.simulation;

import org.jspecify.annotations.NullMarked;
