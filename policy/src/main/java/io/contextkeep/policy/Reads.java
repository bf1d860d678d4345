package io.contextkeep.policy;

/** A counter of apps' reads, for purposes that cap them. */
public interface Reads {
  /** A counter that allows no capped read. */
  Reads UNCOUNTED =
      new Reads() {
        @Override
        public boolean take(String app, String purpose, int perHour) {
          return false;
        }

        @Override
        public boolean left(String app, String purpose, int perHour) {
          return false;
        }
      };

  /** Counts a read if the last hour had fewer than the cap; returns whether it did. */
  boolean take(String app, String purpose, int perHour);

  /** Returns whether {@link #take} would count another read. */
  boolean left(String app, String purpose, int perHour);
}
