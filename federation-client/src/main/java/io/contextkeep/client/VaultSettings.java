package io.contextkeep.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * How an app reaches its vault. It prints neither the token nor where that comes from.
 *
 * @param base the vault's address: the only origin that the token is ever sent to
 * @param token gives the bearer token, anew for every attempt, so that it may be renewed
 * @param requestTimeout for one attempt, from its start to the last byte of the answer
 * @param retries how often to try again, at most, where that is safe
 * @param maxAnswerBytes a longer answer is not read
 * @param plainHttpAllowed whether the token and the context may cross a network unencrypted
 * @param log whom to believe about the vault's audit log; without it no receipt can be verified
 * @param kept the obligations that the app keeps to: of an answer with another it gets no values
 */
public record VaultSettings(
    URI base,
    Supplier<String> token,
    Duration connectTimeout,
    Duration requestTimeout,
    int retries,
    long maxAnswerBytes,
    boolean plainHttpAllowed,
    Optional<LogTrust> log,
    Set<Obligation> kept) {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);
  private static final Duration MAX_LENGTH = Duration.ofHours(1);

  /**
   * @throws IllegalArgumentException saying which setting cannot be
   */
  public VaultSettings {
    boolean web = "https".equalsIgnoreCase(base.getScheme()) || isPlain(base);
    require(web && base.getHost() != null, "The base is an https address");
    require(
        base.getRawUserInfo() == null
            && base.getRawQuery() == null
            && base.getRawFragment() == null
            && base.normalize().equals(base),
        "The base has no user, query, fragment or dots in its path");
    require(
        !isPlain(base) || plainHttpAllowed || LOOPBACK.matcher(base.getHost()).matches(),
        "Plain http goes to this machine only, or say allowingPlainHttp()");
    require(isTimeout(connectTimeout), "The connect timeout is up to an hour");
    require(isTimeout(requestTimeout), "The request timeout is up to an hour");
    require(retries >= 0 && retries <= 10, "There are 0 to 10 retries");
    require(
        maxAnswerBytes >= 1_024 && maxAnswerBytes <= 1 << 30,
        "The longest answer is from a KiB to a GiB");
    kept = Set.copyOf(kept);
  }

  /** Ten seconds to connect, thirty to answer, three retries, answers of up to 16 MiB. */
  public static VaultSettings of(URI base, Supplier<String> token) {
    return new VaultSettings(
        base,
        token,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        3,
        16 << 20,
        false,
        Optional.empty(),
        Set.of());
  }

  public VaultSettings withTimeouts(Duration connect, Duration request) {
    return new VaultSettings(
        base, token, connect, request, retries, maxAnswerBytes, plainHttpAllowed, log, kept);
  }

  public VaultSettings withRetries(int times) {
    return new VaultSettings(
        base,
        token,
        connectTimeout,
        requestTimeout,
        times,
        maxAnswerBytes,
        plainHttpAllowed,
        log,
        kept);
  }

  public VaultSettings withMaxAnswerBytes(long bytes) {
    return new VaultSettings(
        base, token, connectTimeout, requestTimeout, retries, bytes, plainHttpAllowed, log, kept);
  }

  /** For networks that are encrypted below HTTP; anywhere else this gives the context away. */
  public VaultSettings allowingPlainHttp() {
    return new VaultSettings(
        base, token, connectTimeout, requestTimeout, retries, maxAnswerBytes, true, log, kept);
  }

  /** So that receipts can be verified. */
  public VaultSettings trusting(LogTrust trust) {
    return new VaultSettings(
        base,
        token,
        connectTimeout,
        requestTimeout,
        retries,
        maxAnswerBytes,
        plainHttpAllowed,
        Optional.of(trust),
        kept);
  }

  /** Says that this app keeps to these obligations, of which no program can make sure. */
  public VaultSettings keeping(Obligation... obligations) {
    return new VaultSettings(
        base,
        token,
        connectTimeout,
        requestTimeout,
        retries,
        maxAnswerBytes,
        plainHttpAllowed,
        log,
        Set.copyOf(List.of(obligations)));
  }

  boolean isPlain() {
    return isPlain(base);
  }

  /** The address of that path below the base. */
  URI at(String path) {
    String text = base.toString();
    return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path);
  }

  private static boolean isPlain(URI base) {
    return "http".equalsIgnoreCase(base.getScheme());
  }

  private static boolean isTimeout(Duration time) {
    return time.isPositive() && time.compareTo(MAX_LENGTH) <= 0;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  @Override
  public String toString() {
    return "VaultSettings[" + base + ", token redacted, " + retries + " retries]";
  }
}
