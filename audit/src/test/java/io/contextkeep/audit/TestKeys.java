package io.contextkeep.audit;

import java.time.InstantSource;
import java.util.Arrays;

/** A test log's keys, one set for each number. */
final class TestKeys {
  static final String ORIGIN = "vault.example/audit";

  private TestKeys() {}

  static LogKeys of(int number) {
    return LogKeys.of(ORIGIN, seed(number), seed(number + 100), InstantSource.system());
  }

  static byte[] seed(int fill) {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) fill);
    return seed;
  }
}
