package io.contextkeep.vault.db;

/** A quick observer of the writer's transactions, called on the writer's thread. */
public interface WriteWatch {
  /** An observer that does nothing. */
  WriteWatch NONE =
      new WriteWatch() {
        @Override
        public void committed(int works) {}

        @Override
        public void failed(RuntimeException why) {}
      };

  /**
   * @param works the number of works in the transaction
   */
  void committed(int works);

  /**
   * @param why the exception that the caller gets: {@link io.contextkeep.audit.StoreUnavailable} if
   *     the store is at fault and not the work
   */
  void failed(RuntimeException why);
}
