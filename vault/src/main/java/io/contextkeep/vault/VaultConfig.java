package io.contextkeep.vault;

import io.contextkeep.vault.analytics.Timing;
import io.contextkeep.vault.web.HttpSettings;
import io.contextkeep.vault.web.LimitSettings;
import io.contextkeep.vault.web.TlsFiles;
import io.contextkeep.vault.identity.IssuerSettings;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.net.Secret;
import io.contextkeep.vault.policy.PolicySettings;
import io.contextkeep.vault.rights.RightsSettings;
import io.contextkeep.vault.siem.SiemSettings;
import io.contextkeep.vault.customers.Identifier;
import io.contextkeep.vault.customers.IdentifierKinds;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Period;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How one vault is set up. Defaults are here; a properties file overrides them and the environment
 * ({@code CONTEXTKEEP_HTTP_PORT} for {@code http.port}) overrides the file. An unknown key stops
 * the start: a setting that does nothing is a setting that someone relies on.
 *
 * @param data where vault.db and the graph are kept
 * @param keys where keys.db and the root key are kept; apart, so that one backup holds never both
 * @param publicUrl the vault's own name: issuer and audience of its tokens
 * @param policyServer the OPA server that decides; where it is empty the built-in policy does
 * @param storeDeadline how long a read or a write may wait for its turn before it is refused
 * @param auditOrigin the audit log's name for ever; by default the public URL's, without its scheme
 * @param auditKeyGeneration which of the root key's signing keys the log uses; one more changes
 *     them
 * @param auditRetention how old the audit log's entries may become; for ever where it is empty
 * @param siem where copies of the audit log go
 * @param auditWitnesses a C2SP tlog-policy file: who cosigns this vault's log, and how many do
 * @param witnessLogs a C2SP tlog-policy file whose logs this vault watches as a witness
 * @param statistics when statistics are taken and answered
 * @param issuers the OpenID Connect issuers whose tokens count, each under a name of its own
 * @param metricsToken what a reader of the metrics must know; without it nobody reads them
 * @param retentionSweep how often what is too old is looked for and deleted
 * @param requestLog whether each request is a line of the program's log; it costs as much as half a
 *     read
 * @param policy where the policy comes from, and whose it may be
 * @param rights under which rules customers' requests are answered
 * @param backupRetention how long copies of the vault are kept, which certificates of erasure
 *     promise; empty where nobody promises a time
 * @param noticePatience how long an app's acknowledgement of an erasure is waited for
 * @param limits how much of the vault one caller may take up
 * @param internalHosts hosts outside the internet that addresses given over the API may name
 */
public record VaultConfig(
    Path data,
    Path keys,
    HttpSettings http,
    URI publicUrl,
    Duration policyDeadline,
    Optional<PolicyServerSettings> policyServer,
    Duration storeDeadline,
    String auditOrigin,
    int auditKeyGeneration,
    Optional<Duration> auditRetention,
    SiemSettings siem,
    Optional<Path> auditWitnesses,
    Optional<Path> witnessLogs,
    Timing statistics,
    List<IssuerSettings> issuers,
    Optional<Secret> metricsToken,
    Duration retentionSweep,
    boolean requestLog,
    PolicySettings policy,
    RightsSettings rights,
    Optional<Period> backupRetention,
    Duration noticePatience,
    IdentifierKinds identifierKinds,
    LimitSettings limits,
    Set<String> internalHosts) {

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("data", "data/vault"),
          Map.entry("keys", "data/keys"),
          Map.entry("http.host", "127.0.0.1"),
          Map.entry("http.port", "8440"),
          Map.entry("public.url", "urn:contextkeep:vault"),
          Map.entry("http.max.requests", "256"),
          Map.entry("http.max.body.bytes", "8388608"),
          Map.entry("http.max.bodies.bytes", "0"),
          Map.entry("http.request.seconds", "30"),
          Map.entry("http.max.connections", "1024"),
          Map.entry("http.max.connections.per.address", "512"),
          Map.entry("http.tls.certificate", ""),
          Map.entry("http.tls.key", ""),
          Map.entry("policy.deadline.millis", "500"),
          Map.entry("policy.server", ""),
          Map.entry("policy.server.token.file", ""),
          Map.entry("policy.server.ca", ""),
          Map.entry("store.deadline.millis", "10000"),
          Map.entry("audit.origin", ""),
          Map.entry("audit.key.generation", "1"),
          Map.entry("audit.retention.days", "0"),
          Map.entry("siem.otlp.url", ""),
          Map.entry("siem.otlp.token", ""),
          Map.entry("siem.syslog.url", ""),
          Map.entry("siem.syslog.ca", ""),
          Map.entry("siem.decisions.url", ""),
          Map.entry("siem.decisions.token", ""),
          Map.entry("audit.witnesses", ""),
          Map.entry("witness.logs", ""),
          Map.entry("analytics.epoch.minutes", "60"),
          Map.entry("analytics.slot.millis", "1000"),
          Map.entry("metrics.token", ""),
          Map.entry("log.requests", "false"),
          Map.entry("retention.sweep.minutes", "60"),
          Map.entry("rights.business", ""),
          Map.entry("rights.rules", ""),
          Map.entry("rights.jurisdiction", RightsSettings.BUILT_IN.jurisdiction()),
          Map.entry("policy.bundle", ""),
          Map.entry("policy.bundle.keys", ""),
          Map.entry("policy.bundle.token.file", ""),
          Map.entry("policy.poll.min.seconds", "60"),
          Map.entry("policy.poll.max.seconds", "120"),
          Map.entry("backup.retention", ""),
          Map.entry("erasure.notice.days", "30"),
          Map.entry("identifiers.signin", "login"),
          Map.entry("identifiers.unique", "customer_number,login"),
          Map.entry("limits.requests.at.once", "64"),
          Map.entry("limits.refusals.per.minute", "600"),
          Map.entry("limits.bad.tokens.per.minute", "600"),
          Map.entry("limits.changes.per.minute", "60"),
          Map.entry("limits.looks.per.minute", "600"),
          Map.entry("outgoing.internal.hosts", ""));

  /**
   * What can be said of an issuer, after {@code oidc.<name>.}; empty is filled in from its name and
   * the vault's. Customers are found under a kind of the issuer's own, so that two issuers that
   * both have a subject 1 have not the same customer.
   */
  private static final Map<String, String> ISSUER_DEFAULTS =
      Map.of(
          "issuer", "",
          "jwks", "",
          "audience", "",
          "roles", "customer",
          "role.claim", "role",
          "account.kind", "",
          "account.claim", "sub");

  private static final Pattern ISSUER_KEY = Pattern.compile("oidc\\.([a-z][a-z0-9]{0,30})\\.(.+)");

  /**
   * Reads the file, if any, and the environment.
   *
   * @throws IllegalArgumentException naming every key that is not known or does not parse
   */
  public static VaultConfig load(List<Path> files, Map<String, String> environment)
      throws IOException {
    Map<String, String> settings = new HashMap<>(DEFAULTS);
    for (Path file : files) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        properties.load(reader);
      }
      properties.stringPropertyNames().forEach(k -> settings.put(k, properties.getProperty(k)));
    }
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("CONTEXTKEEP_")) {
            String key = name.substring("CONTEXTKEEP_".length()).toLowerCase(Locale.ROOT);
            settings.put(key.replace('_', '.'), value);
          }
        });
    TreeSet<String> unknown = new TreeSet<>(settings.keySet());
    unknown.removeIf(VaultConfig::isKnown);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Unknown settings " + unknown + "; known are " + knownKeys());
    }
    return of(settings);
  }

  private static boolean isKnown(String key) {
    Matcher issuerKey = ISSUER_KEY.matcher(key);
    return DEFAULTS.containsKey(key)
        || issuerKey.matches() && ISSUER_DEFAULTS.containsKey(issuerKey.group(2));
  }

  static Set<String> knownKeys() {
    return knownDefaults().keySet();
  }

  /** Returns every setting with its default, which is empty where nothing is set. */
  static Map<String, String> knownDefaults() {
    TreeMap<String, String> known = new TreeMap<>(DEFAULTS);
    ISSUER_DEFAULTS.forEach((key, standard) -> known.put("oidc.<name>." + key, standard));
    return known;
  }

  private static VaultConfig of(Map<String, String> settings) {
    URI publicUrl = publicUrl(settings);
    List<IssuerSettings> issuers = issuers(settings, publicUrl.toString());
    return new VaultConfig(
        Path.of(setting(settings, "data")),
        Path.of(setting(settings, "keys")),
        http(settings),
        publicUrl,
        Duration.ofMillis(number(settings, "policy.deadline.millis", 1, 60_000)),
        policyServer(settings),
        Duration.ofMillis(number(settings, "store.deadline.millis", 1, 600_000)),
        auditOrigin(settings),
        number(settings, "audit.key.generation", 1, 1_000_000),
        days(settings, "audit.retention.days"),
        siem(settings),
        path(settings, "audit.witnesses"),
        path(settings, "witness.logs"),
        new Timing(
            Duration.ofMinutes(number(settings, "analytics.epoch.minutes", 1, 44_640)),
            Duration.ofMillis(number(settings, "analytics.slot.millis", 1, 3_600_000))),
        issuers,
        secret(settings, "metrics.token"),
        Duration.ofMinutes(number(settings, "retention.sweep.minutes", 1, 10_080)),
        flag(settings, "log.requests"),
        policy(settings),
        new RightsSettings(
            path(settings, "rights.rules"),
            setting(settings, "rights.jurisdiction"),
            given(settings, "rights.business")),
        period(settings, "backup.retention"),
        Duration.ofDays(number(settings, "erasure.notice.days", 1, 3_650)),
        identifierKinds(settings, issuers),
        limits(settings),
        hosts(settings, "outgoing.internal.hosts"));
  }

  /** The kinds that the issuers' accounts are of are sign-in kinds whatever else is configured. */
  private static IdentifierKinds identifierKinds(
      Map<String, String> settings, List<IssuerSettings> issuers) {
    Set<String> signIn = kinds(settings, "identifiers.signin");
    issuers.forEach(issuer -> signIn.add(issuer.accountKind()));
    return new IdentifierKinds(signIn, kinds(settings, "identifiers.unique"));
  }

  private static Set<String> kinds(Map<String, String> settings, String key) {
    Set<String> kinds = new TreeSet<>();
    for (String kind :
        given(settings, key).map(text -> text.split(",", -1)).orElse(new String[0])) {
      if (!Identifier.isKind(kind.strip())) {
        throw new IllegalArgumentException(
            key + " must be kinds of identifiers with commas between, such as login,email");
      }
      kinds.add(kind.strip());
    }
    return kinds;
  }

  private static LimitSettings limits(Map<String, String> settings) {
    return new LimitSettings(
        number(settings, "limits.requests.at.once", 1, 100_000),
        number(settings, "limits.refusals.per.minute", 1, 1_000_000),
        number(settings, "limits.bad.tokens.per.minute", 1, 1_000_000),
        number(settings, "limits.changes.per.minute", 1, 1_000_000),
        number(settings, "limits.looks.per.minute", 1, 1_000_000));
  }

  /** Others than this machine know the vault by a name that nobody else's vault has. */
  private static URI publicUrl(Map<String, String> settings) {
    URI url = uri(settings, "public.url");
    boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
    if (!isLoopback(setting(settings, "http.host")) && !(web && url.getHost() != null)) {
      throw new IllegalArgumentException(
          "http.host is no loopback address: set public.url to the URL under which others reach"
              + " this vault, such as https://vault.example");
    }
    return url;
  }

  private static boolean isLoopback(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException aName) {
      return false;
    }
  }

  private static HttpSettings http(Map<String, String> settings) {
    return new HttpSettings(
        setting(settings, "http.host"),
        number(settings, "http.port", 0, 65_535),
        number(settings, "http.max.requests", 1, 100_000),
        number(settings, "http.max.body.bytes", 1_024, 64 << 20),
        number(settings, "http.max.bodies.bytes", 0, Integer.MAX_VALUE),
        Duration.ofSeconds(number(settings, "http.request.seconds", 1, 600)),
        number(settings, "http.max.connections", 1, 1_000_000),
        number(settings, "http.max.connections.per.address", 1, 1_000_000),
        tls(settings));
  }

  private static Optional<TlsFiles> tls(Map<String, String> settings) {
    Optional<Path> certificate = path(settings, "http.tls.certificate");
    Optional<Path> key = path(settings, "http.tls.key");
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          "Set both http.tls.certificate and http.tls.key, or neither");
    }
    return certificate.map(chain -> new TlsFiles(chain, key.orElseThrow()));
  }

  private static PolicySettings policy(Map<String, String> settings) {
    return new PolicySettings(
        given(settings, "policy.bundle"),
        given(settings, "policy.bundle.keys"),
        path(settings, "policy.bundle.token.file"),
        Duration.ofSeconds(number(settings, "policy.poll.min.seconds", 1, 86_400)),
        Duration.ofSeconds(number(settings, "policy.poll.max.seconds", 1, 86_400)),
        given(settings, "policy.server").isPresent());
  }

  /** A time in whole days, months or years. */
  private static Optional<Period> period(Map<String, String> settings, String key) {
    try {
      Optional<Period> period = given(settings, key).map(Period::parse);
      if (period.filter(p -> p.isZero() || p.isNegative()).isEmpty()) {
        return period;
      }
    } catch (DateTimeParseException notAPeriod) {
      // Falls through to the one message.
    }
    throw new IllegalArgumentException(
        key + " must be an ISO 8601 duration of whole days, weeks, months or years, such as P35D");
  }

  /** A time in days; none where it is 0. */
  private static Optional<Duration> days(Map<String, String> settings, String key) {
    return Optional.of(number(settings, key, 0, 36_500)).filter(d -> d > 0).map(Duration::ofDays);
  }

  private static String auditOrigin(Map<String, String> settings) {
    String withoutScheme = setting(settings, "public.url").replaceFirst("^https?://", "");
    return orElse(
        setting(settings, "audit.origin"), withoutScheme.replaceFirst("/+$", "") + "/audit");
  }

  private static List<IssuerSettings> issuers(Map<String, String> settings, String vault) {
    TreeSet<String> names = new TreeSet<>();
    for (String key : settings.keySet()) {
      Matcher issuerKey = ISSUER_KEY.matcher(key);
      if (issuerKey.matches()) {
        names.add(issuerKey.group(1));
      }
    }
    return names.stream().map(name -> issuer(settings, name, vault)).toList();
  }

  private static IssuerSettings issuer(Map<String, String> settings, String name, String vault) {
    String prefix = "oidc." + name + ".";
    Map<String, String> its = new HashMap<>();
    ISSUER_DEFAULTS.forEach(
        (key, otherwise) -> {
          String value = setting(settings, prefix + key);
          its.put(prefix + key, value.isEmpty() ? otherwise : value);
        });
    return new IssuerSettings(
        name,
        setting(its, prefix + "issuer"),
        uri(its, prefix + "jwks"),
        orElse(setting(its, prefix + "audience"), vault),
        roles(its, prefix + "roles"),
        setting(its, prefix + "role.claim"),
        orElse(setting(its, prefix + "account.kind"), name),
        setting(its, prefix + "account.claim"));
  }

  private static Set<Role> roles(Map<String, String> settings, String key) {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (String code : setting(settings, key).split(",", -1)) {
      roles.add(
          Role.parse(code.strip())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          key
                              + " names no role of the vault's; they are "
                              + List.of(Role.values()).stream().map(Role::code).toList())));
    }
    return roles;
  }

  /** Hosts as they stand in URLs, in lower case. */
  private static Set<String> hosts(Map<String, String> settings, String key) {
    return Stream.of(setting(settings, key).toLowerCase(Locale.ROOT).split(",", -1))
        .map(String::strip)
        .filter(host -> !host.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Optional<PolicyServerSettings> policyServer(Map<String, String> settings) {
    Optional<Path> token = path(settings, "policy.server.token.file");
    Optional<Path> ca = path(settings, "policy.server.ca");
    Optional<URI> url = url(settings, "policy.server");
    if (url.isEmpty() && (token.isPresent() || ca.isPresent())) {
      throw new IllegalArgumentException(
          "policy.server.token.file and policy.server.ca need policy.server");
    }
    return url.map(server -> new PolicyServerSettings(server, token, ca));
  }

  private static SiemSettings siem(Map<String, String> settings) {
    return new SiemSettings(
        url(settings, "siem.otlp.url"),
        secret(settings, "siem.otlp.token"),
        url(settings, "siem.syslog.url"),
        path(settings, "siem.syslog.ca"),
        url(settings, "siem.decisions.url"),
        secret(settings, "siem.decisions.token"));
  }

  private static Optional<URI> url(Map<String, String> settings, String key) {
    return given(settings, key).map(_ -> uri(settings, key));
  }

  /** What is set; an empty setting is none. */
  private static Optional<String> given(Map<String, String> settings, String key) {
    return Optional.of(setting(settings, key)).filter(value -> !value.isEmpty());
  }

  private static Optional<Secret> secret(Map<String, String> settings, String key) {
    try {
      return given(settings, key).map(Secret::of);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
    }
  }

  private static Optional<Path> path(Map<String, String> settings, String key) {
    return given(settings, key).map(Path::of);
  }

  private static String setting(Map<String, String> settings, String key) {
    return settings.getOrDefault(key, "").strip();
  }

  private static String orElse(String value, String otherwise) {
    return value.isEmpty() ? otherwise : value;
  }

  private static URI uri(Map<String, String> settings, String key) {
    try {
      return URI.create(setting(settings, key));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(key + " is not a URL", e);
    }
  }

  private static boolean flag(Map<String, String> settings, String key) {
    return switch (setting(settings, key)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(key + " is either true or false");
    };
  }

  private static int number(Map<String, String> settings, String key, int min, int max) {
    String text = setting(settings, key);
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Falls through to the one message.
    }
    throw new IllegalArgumentException(
        key + " is '" + text + "'; it must be a whole number from " + min + " to " + max);
  }
}
