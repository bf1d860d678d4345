package io.contextkeep.vault.erasure;

import java.time.Duration;
import java.time.Period;
import java.util.Optional;

/**
 * What is promised with an erasure.
 *
 * @param backupRetention how long copies of the vault are kept, which certificates promise; empty
 *     where nobody promises a time
 * @param noticeTimeout how long an app's acknowledgement of an erasure is waited for
 */
public record ErasureSettings(Optional<Period> backupRetention, Duration noticeTimeout) {
  /** What counts where nothing is set. */
  public static final ErasureSettings DEFAULT =
      new ErasureSettings(Optional.empty(), Duration.ofDays(30));
}
