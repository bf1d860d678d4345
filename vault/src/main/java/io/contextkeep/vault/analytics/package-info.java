/**
 * Private statistics: analysts ask structured questions about consenting customers and get answers
 * with noise, for which a budget is charged that no set of questions can exceed. What is between
 * the data and the noise holds no floating point.
 */
@NullMarked
package io.contextkeep.vault.analytics;

import org.jspecify.annotations.NullMarked;
