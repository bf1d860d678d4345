/**
 * The benchmarks: what the vault does in a second, and what each promise costs. Every process that
 * takes part has the same JVM flags, and what is compared is measured in one run, in turns.
 */
@NullMarked
package io.contextkeep.bench;

import org.jspecify.annotations.NullMarked;
