package io.contextkeep.vault.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A rate limit for each caller: a burst, and then one request per step of time. It is the generic
 * cell rate algorithm: the state of a caller is the instant at which they have their whole burst
 * again.
 *
 * <p>A refusal says when to try again, as {@code Retry-After} (RFC 9110 section 10.2.3) and as the
 * {@code RateLimit} and {@code RateLimit-Policy} fields of draft-ietf-httpapi-ratelimit-headers.
 *
 * @param <K> the key of a caller
 */
final class RateLimit<K> {
  /** The most callers with state; those idle for longest are dropped. */
  private static final int MAX_CALLERS = 100_000;

  private static final int MAX_AT_ONCE = 1_000_000;

  /** The longest time that a caller is refused, however large the burst. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  private final String policy;
  private final String code;
  private final String detail;
  private final Rate rate;
  private final LongSupplier nanoTime;
  private final Cache<K, Long> full;

  /**
   * A burst and a rate per minute.
   *
   * @param atOnce at least 1
   * @param perMinute at least 1
   */
  record Rate(int atOnce, int perMinute) {
    Rate {
      if (atOnce < 1 || perMinute < 1) {
        throw new IllegalArgumentException("A rate must allow at least one");
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
   * @param policy the limit's name in headers
   * @param code the code of the problem
   * @param detail the beginning of the problem's detail
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
            .expireAfterWrite(Duration.ofNanos(rate.window()).plus(MAX_WAIT))
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
   * Checks that one is left, without taking it.
   *
   * @throws Problem 429 if none is left
   */
  void check(K caller) {
    long wait = used(caller) + rate.step() - rate.window();
    if (wait > 0) {
      throw refusal(wait);
    }
  }

  /** Takes that many, even more than are left. */
  void charge(K caller, int many) {
    move(caller, many);
  }

  /** Gives that many back. */
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
    return rate.window() + MAX_WAIT.toNanos() - rate.step();
  }

  /**
   * Returns the time until the caller has their whole burst again. A larger value comes from a
   * clock that stepped back, and is clamped.
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
