package io.contextkeep.vault.analytics.query;

import io.contextkeep.vault.analytics.noise.Noise;

/**
 * One kind of sum that an answer is made of.
 *
 * @param sensitivity by how much one customer changes all slots together, in length
 * @param slots how many such sums there are in a cell: bins, steps of time, nodes of a tree
 * @param first the place of its first slot
 */
public record Part(String name, long sensitivity, int slots, int first, Noise noise) {}
