package io.contextkeep.vault.analytics.query;

import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;

/**
 * Sums with their noise: no secret any more.
 *
 * @param cells by the keys of the groups; each holds the sums of all parts
 */
public record Noisy(SortedMap<List<String>, List<BigInteger>> cells) {}
