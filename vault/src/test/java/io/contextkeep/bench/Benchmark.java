package io.contextkeep.bench;

/** A benchmark. */
@FunctionalInterface
interface Benchmark {

  /**
   * Adds its figures.
   *
   * @throws PromiseBroken if the measured system broke a guarantee, which makes the figures
   *     meaningless
   */
  void run(Settings settings, Figures figures) throws Exception;
}
