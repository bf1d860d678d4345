package io.contextkeep.vault.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many of something each caller may do: a number at once, and from then on one for every step
 * of time. It is the generic cell rate algorithm: all that is kept of a caller is the instant at
 * which they will have everything left again.
 *
 * <p>An answer that refuses says when to come back, as {@code Retry-After} (RFC 9110 section
 * 10.2.3) and as the {@code RateLimit} and {@code RateLimit-Policy} fields of
 * draft-ietf-httpapi-ratelimit-headers.
 *
 * @param <K> what callers are told apart by
 */
final class RateLimit<K> {
  /** Of so many callers it is known how much they have left; those who were idle longest go. */
  private static final int MAX_CALLERS = 100_000;

  private static final int MAX_AT_ONCE = 1_000_000;

  /** Nobody is kept out longer than this, however much they did at once. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private final String policy;
  private final String code;
  private final String detail;
  private final Rate rate;
  private final LongSupplier nanoTime;
  private final Cache<K, Long> full;

  /**
   * So many at once, and so many a minute.
   *
   * @param atOnce at least 1
   * @param perMinute at least 1
   */
  record Rate(int atOnce, int perMinute) {
    Rate {
      if (atOnce < 1 || perMinute < 1) {
        throw new IllegalArgumentException("A rate lets at least one through");
      }
    }

    long step() {
      return Duration.ofMinutes(1).toNanos() / perMinute;
    }

    long window() {
      return atOnce * step();
    }
  }

  /**
   * @param policy the limit's name in the answers' headers
   * @param code of the problem, where too much was done
   * @param detail of the problem: what to do less of
   * @param nanoTime a clock that never steps back
   */
  RateLimit(String policy, String code, String detail, Rate rate, LongSupplier nanoTime) {
    this.policy = policy;
    this.code = code;
    this.detail = detail;
    this.rate = rate;
    this.nanoTime = nanoTime;
    this.full =
        Caffeine.newBuilder()
            .maximumSize(MAX_CALLERS)
            .expireAfterWrite(Duration.ofNanos(rate.window()).plus(LONGEST_WAIT))
            .build();
  }

  /**
   * Takes one.
   *
   * @throws Problem 429 if none is left; then nothing is taken
   */
  void take(K caller) {
    check(caller);
    charge(caller, 1);
  }

  /**
   * Looks whether one is left, and takes none.
   *
   * @throws Problem 429 if none is left
   */
  void check(K caller) {
    long wait = used(caller) + rate.step() - rate.window();
    if (wait > 0) {
      throw refusal(wait);
    }
  }

  /** Takes so many, more than are left where it must be. */
  void charge(K caller, int many) {
    move(caller, many);
  }

  /** Gives so many back. */
  void giveBack(K caller, int many) {
    if (used(caller) > 0) {
      move(caller, -many);
    }
  }

  private void move(K caller, int many) {
    long now = nanoTime.getAsLong();
    long most = most();
    long steps = Math.clamp(many, -MAX_AT_ONCE, MAX_AT_ONCE) * rate.step();
    full.asMap()
        .merge(
            caller,
            now + Math.clamp(steps, 0, most),
            (before, _) -> now + Math.clamp(Math.clamp(before - now, 0, most) + steps, 0, most));
  }

  private long most() {
    return rate.window() + LONGEST_WAIT.toNanos() - rate.step();
  }

  /**
   * How long it takes until nothing counts any more that the caller did. More than the most is of a
   * clock that has stepped back, which keeps nobody out longer either.
   */
  private long used(K caller) {
    Long until = full.getIfPresent(caller);
    long now = nanoTime.getAsLong();
    if (until != null && until - now > most()) {
      full.asMap().replace(caller, until, now + most());
      return most();
    }
    return until == null ? 0 : Math.max(until - now, 0);
  }

  private Problem refusal(long wait) {
    long seconds = Math.max(1, Duration.ofNanos(wait + 999_999_999).toSeconds());
    return new Problem(
        429,
        code,
        detail + "; try again in " + seconds + (seconds == 1 ? " second" : " seconds"),
        Map.of(),
        Map.of(
            "Retry-After",
            String.valueOf(seconds),
            "RateLimit-Policy",
            "\"%s\";q=%d;w=%d"
                .formatted(
                    policy,
                    rate.atOnce(),
                    Math.max(1, Duration.ofNanos(rate.window()).toSeconds())),
            "RateLimit",
            "\"%s\";r=0;t=%d".formatted(policy, seconds)));
  }
}
