package io.contextkeep.vault.analytics;

import io.contextkeep.vault.analytics.noise.Noise;

/**
 * A kind of sum of an answer.
 *
 * @param sensitivity the length by which one customer changes all slots together
 * @param slots the number of sums in a cell: bins, steps of time, nodes of a tree
 * @param first the index of its first slot
 */
record Part(String name, long sensitivity, int slots, int first, Noise noise) {}
