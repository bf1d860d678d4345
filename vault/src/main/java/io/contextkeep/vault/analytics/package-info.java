/**
 * Differentially private statistics: analysts ask structured questions about consenting customers
 * and get answers with noise, charged to a budget that no set of questions can exceed.
 *
 * <p>A question is read strictly, has one canonical form, and becomes a plan and a cost before data
 * is read. One class, the ledger, decides whether it fits the budget. No floating point stands
 * between the data and the noise: only the classes that put costs and margins of error in common
 * terms use it, and they get parameters and noisy answers, never data.
 */
@NullMarked
package io.contextkeep.vault.analytics;

import org.jspecify.annotations.NullMarked;
