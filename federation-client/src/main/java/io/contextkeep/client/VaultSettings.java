package io.contextkeep.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The settings of a client, whose text form has neither the token nor its source. */
public final class VaultSettings {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  private final URI base;
  private final Supplier<String> token;
  private final Duration connectTimeout;
  private final Duration requestTimeout;
  private final int retries;
  private final long maxAnswerBytes;
  private final Optional<LogTrust> log;
  private final Set<Obligation> kept;

  private VaultSettings(Builder builder) {
    this.base = builder.base;
    this.token = builder.token;
    this.connectTimeout = builder.connectTimeout;
    this.requestTimeout = builder.requestTimeout;
    this.retries = builder.retries;
    this.maxAnswerBytes = builder.maxAnswerBytes;
    this.log = builder.log;
    this.kept = builder.kept;
    boolean web = "https".equalsIgnoreCase(base.getScheme()) || isPlain();
    require(web && base.getHost() != null, "The base must be an https address");
    require(
        base.getRawUserInfo() == null
            && base.getRawQuery() == null
            && base.getRawFragment() == null
            && base.normalize().equals(base),
        "The base must have no user, query, fragment or dot segments");
    require(
        !isPlain() || builder.plainHttp || LOOPBACK.matcher(base.getHost()).matches(),
        "Plain http is for this machine only, unless the builder has allowPlainHttp()");
    require(isTimeout(connectTimeout), "The connect timeout must be at most an hour");
    require(isTimeout(requestTimeout), "The request timeout must be at most an hour");
    require(retries >= 0 && retries <= 10, "The retries must be 0 to 10");
    require(
        maxAnswerBytes >= 1_024 && maxAnswerBytes <= 1 << 30,
        "The longest answer must be from a KiB to a GiB");
  }

  /** Returns the default settings. */
  public static VaultSettings of(URI base, Supplier<String> token) {
    return builder(base, token).build();
  }

  /**
   * Returns a builder with the defaults: ten seconds to connect, thirty to answer, three retries,
   * answers of up to 16 MiB.
   *
   * @param base the vault's address, the only origin to which the token is ever sent
   * @param token gives the bearer token for each attempt, so that it may be renewed
   */
  public static Builder builder(URI base, Supplier<String> token) {
    return new Builder(base, token);
  }

  /** A builder of settings. */
  public static final class Builder {
    private final URI base;
    private final Supplier<String> token;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private int retries = 3;
    private long maxAnswerBytes = 16 << 20;
    private boolean plainHttp;
    private Optional<LogTrust> log = Optional.empty();
    private Set<Obligation> kept = Set.of();

    private Builder(URI base, Supplier<String> token) {
      this.base = base;
      this.token = token;
    }

    /**
     * Sets the timeouts.
     *
     * @param connect for making a connection
     * @param request for one attempt, from its start to the last byte of the answer
     */
    public Builder timeouts(Duration connect, Duration request) {
      this.connectTimeout = connect;
      this.requestTimeout = request;
      return this;
    }

    /** Sets the most retries, which are made only where they are safe. */
    public Builder retries(int times) {
      this.retries = times;
      return this;
    }

    /** Sets the size of the longest answer that is read. */
    public Builder maxAnswerBytes(long bytes) {
      this.maxAnswerBytes = bytes;
      return this;
    }

    /** Allows plain http to other machines; without encryption below it, context is disclosed. */
    public Builder allowPlainHttp() {
      this.plainHttp = true;
      return this;
    }

    /** Sets the trust in the vault's audit log, which is needed to verify receipts. */
    public Builder trusting(LogTrust trust) {
      this.log = Optional.of(trust);
      return this;
    }

    /** Declares the obligations that this app keeps; answers with others give it no values. */
    public Builder keeping(Obligation... obligations) {
      this.kept = Set.copyOf(List.of(obligations));
      return this;
    }

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException naming the setting that is out of bounds
     */
    public VaultSettings build() {
      return new VaultSettings(this);
    }
  }

  /** Returns the vault's address. */
  public URI base() {
    return base;
  }

  Supplier<String> token() {
    return token;
  }

  Duration connectTimeout() {
    return connectTimeout;
  }

  Duration requestTimeout() {
    return requestTimeout;
  }

  int retries() {
    return retries;
  }

  long maxAnswerBytes() {
    return maxAnswerBytes;
  }

  Optional<LogTrust> log() {
    return log;
  }

  Set<Obligation> kept() {
    return kept;
  }

  boolean isPlain() {
    return "http".equalsIgnoreCase(base.getScheme());
  }

  /** Returns the address of a path below the base. */
  URI at(String path) {
    String text = base.toString();
    return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path);
  }

  private static boolean isTimeout(Duration time) {
    return time.isPositive() && time.compareTo(MAX_TIMEOUT) <= 0;
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
