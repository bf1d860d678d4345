package io.contextkeep.vault.jobs;

/** The reaction to the end of a thread without which the vault must not go on. */
@FunctionalInterface
public interface LastWord {
  /** Keeps the vault running but not alive, to be ended from outside. */
  LastWord NONE = (_, _) -> {};

  /**
   * Reacts to the end of a vital thread; called once, on that thread.
   *
   * @param thread its name
   */
  void say(String thread, Throwable why);
}
