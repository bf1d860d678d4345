package io.contextkeep.vault;

import io.contextkeep.vault.analytics.Timing;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.erasure.ErasureSettings;
import io.contextkeep.vault.identity.IssuerSettings;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.policy.PolicyServerSettings;
import io.contextkeep.vault.policy.PolicySettings;
import io.contextkeep.vault.rights.RightsSettings;
import io.contextkeep.vault.siem.SiemSettings;
import io.contextkeep.vault.web.HttpSettings;
import io.contextkeep.vault.web.HttpSettings.TlsFiles;
import io.contextkeep.vault.web.LimitSettings;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/**
 * The configuration of a vault. Defaults are here; a properties file overrides them and the
 * environment ({@code CONTEXTKEEP_HTTP_PORT} for {@code http.port}) overrides the file. An unknown
 * key is an error, since the operator would rely on a setting without effect.
 *
 * @param statistics the schedule of statistics
 */
public record VaultConfig(
    StoreSettings store,
    WebSettings web,
    PolicySettings policy,
    AuditSettings audit,
    IdentitySettings identity,
    OperationsSettings operations,
    RightsSettings rights,
    Timing statistics) {

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
          Map.entry("store.capsules.percent", "12"),
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
   * The settings of an issuer, after {@code oidc.<name>.}; an empty one gets a default from its
   * name and the vault's. Each issuer has its own kind of identifier, so that equal subjects of two
   * issuers are different customers.
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
   * @throws IllegalArgumentException naming every key that is unknown or does not parse
   */
  public static VaultConfig load(List<Path> files, Map<String, String> environment)
      throws IOException {
    Map<String, String> values = new HashMap<>(DEFAULTS);
    for (Path file : files) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        properties.load(reader);
      }
      properties.stringPropertyNames().forEach(k -> values.put(k, properties.getProperty(k)));
    }
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("CONTEXTKEEP_")) {
            String key = name.substring("CONTEXTKEEP_".length()).toLowerCase(Locale.ROOT);
            values.put(key.replace('_', '.'), value);
          }
        });
    TreeSet<String> unknown = new TreeSet<>(values.keySet());
    unknown.removeIf(VaultConfig::isKnown);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Unknown settings " + unknown + "; known are " + knownKeys());
    }
    return of(new Settings(values));
  }

  private static boolean isKnown(String key) {
    Matcher issuerKey = ISSUER_KEY.matcher(key);
    return DEFAULTS.containsKey(key)
        || issuerKey.matches() && ISSUER_DEFAULTS.containsKey(issuerKey.group(2));
  }

  static Set<String> knownKeys() {
    return knownDefaults().keySet();
  }

  /** Returns every setting with its default, which may be empty. */
  static Map<String, String> knownDefaults() {
    TreeMap<String, String> known = new TreeMap<>(DEFAULTS);
    ISSUER_DEFAULTS.forEach((key, standard) -> known.put("oidc.<name>." + key, standard));
    return known;
  }

  private static VaultConfig of(Settings settings) {
    URI publicUrl = publicUrl(settings);
    return new VaultConfig(
        new StoreSettings(
            Path.of(settings.setting("data")),
            Path.of(settings.setting("keys")),
            Duration.ofMillis(settings.number("store.deadline.millis", 1, 600_000)),
            settings.number("store.capsules.percent", 0, 50)),
        new WebSettings(
            http(settings), publicUrl, limits(settings), settings.hosts("outgoing.internal.hosts")),
        policy(settings),
        audit(settings),
        identity(settings, publicUrl),
        new OperationsSettings(
            settings.secret("metrics.token"),
            settings.flag("log.requests"),
            Duration.ofMinutes(settings.number("retention.sweep.minutes", 1, 10_080))),
        rights(settings),
        new Timing(
            Duration.ofMinutes(settings.number("analytics.epoch.minutes", 1, 44_640)),
            Duration.ofMillis(settings.number("analytics.slot.millis", 1, 3_600_000))));
  }

  private static AuditSettings audit(Settings settings) {
    return new AuditSettings(
        auditOrigin(settings),
        settings.number("audit.key.generation", 1, 1_000_000),
        settings.days("audit.retention.days"),
        settings.path("audit.witnesses"),
        settings.path("witness.logs"),
        siem(settings));
  }

  private static IdentitySettings identity(Settings settings, URI publicUrl) {
    List<IssuerSettings> issuers = issuers(settings, publicUrl.toString());
    return new IdentitySettings(issuers, identifierKinds(settings, issuers));
  }

  private static RightsSettings rights(Settings settings) {
    return new RightsSettings(
        settings.path("rights.rules"),
        settings.setting("rights.jurisdiction"),
        settings.given("rights.business"),
        new ErasureSettings(
            settings.period("backup.retention"),
            Duration.ofDays(settings.number("erasure.notice.days", 1, 3_650))));
  }

  /** Returns the sign-in kinds, which always include those of the issuers' accounts. */
  private static IdentifierKinds identifierKinds(Settings settings, List<IssuerSettings> issuers) {
    Set<String> signIn = settings.kinds("identifiers.signin");
    issuers.forEach(issuer -> signIn.add(issuer.accountKind()));
    return new IdentifierKinds(signIn, settings.kinds("identifiers.unique"));
  }

  private static LimitSettings limits(Settings settings) {
    return new LimitSettings(
        settings.number("limits.requests.at.once", 1, 100_000),
        settings.number("limits.refusals.per.minute", 1, 1_000_000),
        settings.number("limits.bad.tokens.per.minute", 1, 1_000_000),
        settings.number("limits.changes.per.minute", 1, 1_000_000),
        settings.number("limits.looks.per.minute", 1, 1_000_000));
  }

  /** Returns the public URL, which a vault that other machines reach must have. */
  private static URI publicUrl(Settings settings) {
    URI url = settings.uri("public.url");
    boolean web = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
    if (!isLoopback(settings.setting("http.host")) && !(web && url.getHost() != null)) {
      throw new IllegalArgumentException(
          "http.host is not a loopback address: set public.url to the URL under which others reach"
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

  private static HttpSettings http(Settings settings) {
    return new HttpSettings(
        settings.setting("http.host"),
        settings.number("http.port", 0, 65_535),
        settings.number("http.max.requests", 1, 100_000),
        settings.number("http.max.body.bytes", 1_024, 64 << 20),
        settings.number("http.max.bodies.bytes", 0, Integer.MAX_VALUE),
        Duration.ofSeconds(settings.number("http.request.seconds", 1, 600)),
        settings.number("http.max.connections", 1, 1_000_000),
        settings.number("http.max.connections.per.address", 1, 1_000_000),
        tls(settings));
  }

  private static Optional<TlsFiles> tls(Settings settings) {
    Optional<Path> certificate = settings.path("http.tls.certificate");
    Optional<Path> key = settings.path("http.tls.key");
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          "Set both http.tls.certificate and http.tls.key, or neither");
    }
    return certificate.map(chain -> new TlsFiles(chain, key.orElseThrow()));
  }

  private static PolicySettings policy(Settings settings) {
    return new PolicySettings(
        settings.given("policy.bundle"),
        settings.given("policy.bundle.keys"),
        settings.path("policy.bundle.token.file"),
        Duration.ofSeconds(settings.number("policy.poll.min.seconds", 1, 86_400)),
        Duration.ofSeconds(settings.number("policy.poll.max.seconds", 1, 86_400)),
        Duration.ofMillis(settings.number("policy.deadline.millis", 1, 60_000)),
        policyServer(settings));
  }

  private static String auditOrigin(Settings settings) {
    String withoutScheme = settings.setting("public.url").replaceFirst("^https?://", "");
    return orElse(
        settings.setting("audit.origin"), withoutScheme.replaceFirst("/+$", "") + "/audit");
  }

  private static List<IssuerSettings> issuers(Settings settings, String vault) {
    TreeSet<String> names = new TreeSet<>();
    for (String key : settings.values().keySet()) {
      Matcher issuerKey = ISSUER_KEY.matcher(key);
      if (issuerKey.matches()) {
        names.add(issuerKey.group(1));
      }
    }
    return names.stream().map(name -> issuer(settings, name, vault)).toList();
  }

  private static IssuerSettings issuer(Settings settings, String name, String vault) {
    String prefix = "oidc." + name + ".";
    Map<String, String> given = new HashMap<>();
    ISSUER_DEFAULTS.forEach(
        (key, otherwise) -> {
          String value = settings.setting(prefix + key);
          given.put(prefix + key, value.isEmpty() ? otherwise : value);
        });
    Settings its = new Settings(given);
    return new IssuerSettings(
        name,
        its.setting(prefix + "issuer"),
        its.uri(prefix + "jwks"),
        orElse(its.setting(prefix + "audience"), vault),
        roles(its, prefix + "roles"),
        its.setting(prefix + "role.claim"),
        orElse(its.setting(prefix + "account.kind"), name),
        its.setting(prefix + "account.claim"));
  }

  private static Set<Role> roles(Settings settings, String key) {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (String code : settings.setting(key).split(",", -1)) {
      roles.add(
          Role.parse(code.strip())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          key
                              + " names an unknown role; known are "
                              + List.of(Role.values()).stream().map(Role::code).toList())));
    }
    return roles;
  }

  private static Optional<PolicyServerSettings> policyServer(Settings settings) {
    Optional<Path> token = settings.path("policy.server.token.file");
    Optional<Path> ca = settings.path("policy.server.ca");
    Optional<URI> url = settings.url("policy.server");
    if (url.isEmpty() && (token.isPresent() || ca.isPresent())) {
      throw new IllegalArgumentException(
          "policy.server.token.file and policy.server.ca need policy.server");
    }
    return url.map(server -> new PolicyServerSettings(server, token, ca));
  }

  private static SiemSettings siem(Settings settings) {
    return new SiemSettings(
        settings.url("siem.otlp.url"),
        settings.secret("siem.otlp.token"),
        settings.url("siem.syslog.url"),
        settings.path("siem.syslog.ca"),
        settings.url("siem.decisions.url"),
        settings.secret("siem.decisions.token"));
  }

  private static String orElse(String value, String otherwise) {
    return value.isEmpty() ? otherwise : value;
  }
}
