package io.contextkeep.vault.identity;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache of the keys that an issuer publishes (JWK Set, RFC 7517 §5). The issuer is asked rarely,
 * and by one request at a time.
 *
 * <p>Tokens with invented key ids make the vault ask at most once per pause, and only a few
 * requests wait for the answer. While the issuer cannot be reached, its known keys are accepted for
 * some hours; any longer, and an outage would keep a withdrawn key valid.
 */
final class Jwks {
  /** The age of keys at which the issuer is asked again. */
  static final Duration FRESH = Duration.ofMinutes(10);

  /** The greatest age of keys while the issuer does not answer. */
  static final Duration USABLE = Duration.ofHours(4);

  /** The least time between two requests to the issuer. */
  static final Duration PAUSE = Duration.ofSeconds(10);

  static final int LARGEST = 128 * 1_024;

  /** The longest wait for the issuer's answer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final int WAITING = 16;
  private static final Logger LOG = LoggerFactory.getLogger(Jwks.class);

  /**
   * @param since the time at which the issuer published them
   * @param answered whether the last request got an answer
   */
  private record Known(Map<String, TokenKey> keys, Instant since, boolean answered) {}

  private final IssuerSettings issuer;
  private final HttpClient http;
  private final InstantSource clock;
  private final Duration timeout;
  private final Semaphore waiting = new Semaphore(WAITING);
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Known known = new Known(Map.of(), Instant.EPOCH, false);

  /** Guarded by {@link #asking}. */
  private Instant notBefore = Instant.EPOCH;

  Jwks(IssuerSettings issuer, HttpClient http, InstantSource clock) {
    this(issuer, http, clock, TIMEOUT);
  }

  Jwks(IssuerSettings issuer, HttpClient http, InstantSource clock, Duration timeout) {
    this.issuer = issuer;
    this.http = http;
    this.clock = clock;
    this.timeout = timeout;
  }

  /**
   * Returns the issuer's key of that id. It may ask the issuer, so it must not be called on an
   * event loop.
   *
   * @throws NotAuthenticated if the issuer has no such key
   * @throws IssuerUnreachable if it cannot be asked, or too many wait for its answer
   */
  TokenKey key(String id) {
    Known held = known;
    Optional<TokenKey> usable = usable(held, id);
    if (usable.isPresent() && age(held).compareTo(FRESH) < 0) {
      return usable.get();
    }
    boolean asked = refreshed(held, usable.isPresent() ? Duration.ZERO : timeout);
    Known now = known;
    if (usable.isEmpty() && !asked) {
      throw new IssuerUnreachable(issuer.name());
    }
    return usable(now, id)
        .orElseThrow(
            () ->
                now.answered()
                    ? new NotAuthenticated("token_key_unknown")
                    : new IssuerUnreachable(issuer.name()));
  }

  private Optional<TokenKey> usable(Known held, String id) {
    return age(held).compareTo(USABLE) < 0
        ? Optional.ofNullable(held.keys().get(id))
        : Optional.empty();
  }

  private Duration age(Known held) {
    return Duration.between(held.since(), clock.instant()).abs();
  }

  /** Returns whether the issuer was asked within that time, or must not be asked yet. */
  private boolean refreshed(Known seen, Duration wait) {
    if (!waiting.tryAcquire()) {
      return false;
    }
    try {
      if (!asking.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        return false;
      }
      try {
        if (known == seen && mayAsk(clock.instant())) {
          known = asked(seen);
          notBefore = clock.instant().plus(PAUSE);
        }
        return true;
      } finally {
        asking.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting.release();
    }
  }

  /** Returns whether the pause is over; one longer than any began while the clock was ahead. */
  private boolean mayAsk(Instant now) {
    return !now.isBefore(notBefore) || notBefore.isAfter(now.plus(PAUSE));
  }

  private Known asked(Known before) throws InterruptedException {
    try {
      Map<String, TokenKey> keys = keys(fetch());
      LOG.atInfo()
          .addKeyValue("issuer", issuer.name())
          .addKeyValue("keys", keys.size())
          .log("issuer keys fetched");
      return new Known(keys, clock.instant(), true);
    } catch (IOException | ExecutionException | TimeoutException | ParseException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      LOG.atWarn()
          .addKeyValue("issuer", issuer.name())
          .addKeyValue("thrown", cause instanceof IOException ? cause : cause.getClass().getName())
          .log("issuer keys not fetched");
      return new Known(before.keys(), before.since(), false);
    }
  }

  /**
   * Fetches the keys; the timeout covers the whole answer, so a trickling one delays no request.
   */
  private String fetch()
      throws IOException, ExecutionException, TimeoutException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(issuer.jwks()).timeout(timeout).build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
    try {
      HttpResponse<byte[]> response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("The issuer answered " + response.statusCode());
      }
      return new String(response.body(), StandardCharsets.UTF_8);
    } finally {
      answer.cancel(true);
    }
  }

  /**
   * Returns the keys that tokens may be verified with. Keys for other uses and algorithms,
   * published private keys, and keys that share an id are left out.
   */
  private static Map<String, TokenKey> keys(String json) throws ParseException {
    Map<String, Object> set = JSONObjectUtils.parse(json);
    Map<String, Object>[] all =
        set == null ? null : JSONObjectUtils.getJSONObjectArray(set, "keys");
    if (all == null) {
      throw new ParseException("No keys", 0);
    }
    Map<String, TokenKey> keys = new HashMap<>();
    Set<String> twice = new HashSet<>();
    for (Map<String, Object> jwk : all) {
      try {
        TokenKey key = TokenKey.of(jwk);
        if (jwk.get("kid") instanceof String id && keys.put(id, key) != null) {
          twice.add(id);
        }
      } catch (IllegalArgumentException notForTokens) {
        // A set may hold keys of other kinds too.
      }
    }
    keys.keySet().removeAll(twice);
    return Map.copyOf(keys);
  }
}
