package io.contextkeep.policy;

/** Counts what apps have read, for purposes that cap it. */
public interface Reads {
  /** Counts nothing, so it lets nothing pass that is capped. */
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

  /** Counts one read more, if within the last hour there were fewer than that. */
  boolean take(String app, String purpose, int perHour);

  /** Whether one more would be counted. */
  boolean left(String app, String purpose, int perHour);
}
