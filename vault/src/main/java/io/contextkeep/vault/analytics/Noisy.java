package io.contextkeep.vault.analytics;

import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;

/**
 * Sums with noise, which are public.
 *
 * @param cells the sums of all parts, by the keys of the groups
 */
record Noisy(SortedMap<List<String>, List<BigInteger>> cells) {}
