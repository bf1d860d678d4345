/**
 * The benchmarks: the throughput of the vault, and the cost of each guarantee. All processes have
 * the same JVM flags, and compared values are measured alternately in one run.
 */
@NullMarked
package io.contextkeep.bench;

import org.jspecify.annotations.NullMarked;
