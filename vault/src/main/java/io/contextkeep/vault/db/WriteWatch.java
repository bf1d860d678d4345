package io.contextkeep.vault.db;

/** Told, on the writer's own thread, how each of its transactions ended. It must be quick. */
public interface WriteWatch {
  /** Nobody watches. */
  WriteWatch NONE =
      new WriteWatch() {
        @Override
        public void committed(int works) {}

        @Override
        public void failed(RuntimeException why) {}
      };

  /**
   * @param works how many callers' works the transaction held
   */
  void committed(int works);

  /**
   * @param why what the caller is told: {@link io.contextkeep.audit.StoreUnavailable} where the
   *     store is at fault and not the work
   */
  void failed(RuntimeException why);
}
