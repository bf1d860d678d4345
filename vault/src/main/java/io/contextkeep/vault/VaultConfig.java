package io.contextkeep.vault;

import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;

/**
 * How one vault is set up. Defaults are here; a properties file overrides them and the environment
 * ({@code CONTEXTKEEP_HTTP_PORT} for {@code http.port}) overrides the file. An unknown key stops
 * the start: a setting that does nothing is a setting that someone relies on.
 *
 * @param data where vault.db, the graph and the token key are kept
 * @param keys where keys.db and the root key are kept; apart, so that one backup holds never both
 * @param publicUrl the vault's own name: issuer and audience of its tokens
 * @param storeDeadline how long a read or a write may wait for its turn before it is refused
 * @param auditOrigin the audit log's name for ever; by default the public URL's, without its scheme
 * @param auditKeyGeneration which of the root key's signing keys the log uses; one more changes
 *     them
 */
public record VaultConfig(
    Path data,
    Path keys,
    String host,
    int port,
    URI publicUrl,
    int maxConcurrentRequests,
    int maxBodyBytes,
    Duration policyDeadline,
    Duration storeDeadline,
    String auditOrigin,
    int auditKeyGeneration,
    List<Issuer> issuers) {

  /** A configured OpenID Connect issuer. */
  public record Issuer(
      String issuer, URI jwks, String audience, String accountKind, String accountClaim) {}

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("data", "data/vault"),
          Map.entry("keys", "data/keys"),
          Map.entry("http.host", "127.0.0.1"),
          Map.entry("http.port", "8440"),
          Map.entry("public.url", "urn:contextkeep:vault"),
          Map.entry("http.max.requests", "256"),
          Map.entry("http.max.body.bytes", "8388608"),
          Map.entry("policy.deadline.millis", "500"),
          Map.entry("store.deadline.millis", "10000"),
          Map.entry("audit.origin", ""),
          Map.entry("audit.key.generation", "1"),
          Map.entry("oidc.issuer", ""),
          Map.entry("oidc.jwks", ""),
          Map.entry("oidc.audience", ""),
          Map.entry("oidc.account.kind", "account"),
          Map.entry("oidc.account.claim", "sub"));

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
    unknown.removeAll(DEFAULTS.keySet());
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Unknown settings " + unknown + "; known are " + new TreeSet<>(DEFAULTS.keySet()));
    }
    return of(settings);
  }

  private static VaultConfig of(Map<String, String> settings) {
    return new VaultConfig(
        Path.of(setting(settings, "data")),
        Path.of(setting(settings, "keys")),
        setting(settings, "http.host"),
        number(settings, "http.port", 0, 65_535),
        URI.create(setting(settings, "public.url")),
        number(settings, "http.max.requests", 1, 100_000),
        number(settings, "http.max.body.bytes", 1_024, 64 << 20),
        Duration.ofMillis(number(settings, "policy.deadline.millis", 1, 60_000)),
        Duration.ofMillis(number(settings, "store.deadline.millis", 1, 600_000)),
        auditOrigin(settings),
        number(settings, "audit.key.generation", 1, 1_000_000),
        issuers(settings));
  }

  private static String auditOrigin(Map<String, String> settings) {
    String origin = setting(settings, "audit.origin");
    return origin.isEmpty()
        ? setting(settings, "public.url").replaceFirst("^https?://", "").replaceFirst("/+$", "")
            + "/audit"
        : origin;
  }

  private static List<Issuer> issuers(Map<String, String> settings) {
    List<Issuer> issuers = new ArrayList<>();
    if (!setting(settings, "oidc.issuer").isEmpty()) {
      issuers.add(
          new Issuer(
              setting(settings, "oidc.issuer"),
              URI.create(setting(settings, "oidc.jwks")),
              setting(settings, "oidc.audience"),
              setting(settings, "oidc.account.kind"),
              setting(settings, "oidc.account.claim")));
    }
    return List.copyOf(issuers);
  }

  private static String setting(Map<String, String> settings, String key) {
    return settings.getOrDefault(key, "").strip();
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
