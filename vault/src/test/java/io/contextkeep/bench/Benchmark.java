package io.contextkeep.bench;

/** One thing that is measured. */
@FunctionalInterface
interface Benchmark {

  /**
   * Adds its figures.
   *
   * @throws PromiseBroken if what was measured did not do what it must; its figures count for
   *     nothing then
   */
  void run(Settings settings, Figures figures) throws Exception;
}
