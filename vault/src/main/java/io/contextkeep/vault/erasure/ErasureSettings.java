package io.contextkeep.vault.erasure;

import java.time.Duration;
import java.time.Period;
import java.util.Optional;

/**
 * The settings of erasures.
 *
 * @param backupRetention the time for which copies of the vault are kept, which certificates state;
 *     empty if it is not set
 * @param noticeTimeout the time for which the vault waits for an app to acknowledge an erasure
 */
public record ErasureSettings(Optional<Period> backupRetention, Duration noticeTimeout) {
  /** The defaults. */
  public static final ErasureSettings DEFAULT =
      new ErasureSettings(Optional.empty(), Duration.ofDays(30));
}
