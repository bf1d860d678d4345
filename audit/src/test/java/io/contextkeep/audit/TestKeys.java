package io.contextkeep.audit;

import java.time.InstantSource;
import java.util.Arrays;

/** A test log's keys, one set for each number. */
public final class TestKeys {
  public static final String ORIGIN = "vault.example/audit";

  private TestKeys() {}

  public static LogKeys of(int number) {
    return LogKeys.of(ORIGIN, seed(number), seed(number + 100), InstantSource.system());
  }

  public static byte[] seed(int fill) {
    byte[] seed = new byte[32];
    Arrays.fill(seed, (byte) fill);
    return seed;
  }
}
