package io.contextkeep.vault.jobs;

/** What happens when a thread has ended without which the vault must not go on. */
@FunctionalInterface
public interface LastWord {
  /** The vault lives on, says that it is not alive, and is ended from outside. */
  LastWord NONE = (_, _) -> {};

  /**
   * Called once, on the thread that ends.
   *
   * @param thread its name
   */
  void say(String thread, Throwable why);
}
