package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.vault.analytics.Timing;
import io.contextkeep.vault.customers.IdentifierKinds;
import io.contextkeep.vault.identity.IssuerSettings;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.policy.PolicyServerSettings;
import io.contextkeep.vault.policy.PolicySettings;
import io.contextkeep.vault.rights.RightsSettings;
import io.contextkeep.vault.siem.SiemSettings;
import io.contextkeep.vault.web.HttpSettings.TlsFiles;
import io.contextkeep.vault.web.LimitSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Period;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VaultConfigTest {
  /** Every setting, each with a value that is not its default. */
  private static final String EVERYTHING =
      """
      data=/d
      keys=/k
      http.host=::1
      http.port=1
      public.url=https://vault.example
      http.max.requests=2
      http.max.body.bytes=2048
      http.max.bodies.bytes=4096
      http.request.seconds=5
      http.max.connections=7
      http.max.connections.per.address=6
      http.tls.certificate=/etc/vault/chain.pem
      http.tls.key=/etc/vault/key.pem
      policy.deadline.millis=3
      metrics.token=a-word-of-sixteen-letters
      retention.sweep.minutes=4
      audit.retention.days=400
      siem.otlp.url=http://localhost:4318/v1/logs
      siem.otlp.token=1234567890123456
      siem.syslog.url=tls://a.example:6514
      siem.syslog.ca=ca.pem
      siem.decisions.url=https://decisions.example/opa
      siem.decisions.token=6543210987654321
      policy.server=https://opa.example:8181
      policy.server.token.file=/t
      policy.server.ca=/ca
      store.deadline.millis=5
      store.capsules.percent=7
      audit.origin=log.example/a
      audit.key.generation=6
      audit.witnesses=/w
      witness.logs=/l
      analytics.epoch.minutes=7
      analytics.slot.millis=8
      log.requests=true
      rights.rules=/r
      rights.business=SHOP
      rights.jurisdiction=loc:US-CA
      policy.bundle=https://bundles.example/vault.tar.gz
      policy.bundle.keys=ops:ES256:/p.pem
      policy.bundle.token.file=/t
      policy.poll.min.seconds=7
      policy.poll.max.seconds=8
      backup.retention=P35D
      erasure.notice.days=9
      outgoing.internal.hosts=CRM.internal, 127.0.0.1
      limits.requests.at.once=4
      limits.refusals.per.minute=5
      limits.bad.tokens.per.minute=6
      limits.changes.per.minute=7
      limits.looks.per.minute=8
      identifiers.signin=login, sub
      identifiers.unique=loyalty_card
      oidc.corp.issuer=https://login.example
      oidc.corp.jwks=https://login.example/jwks
      oidc.corp.audience=api
      oidc.corp.roles=auditor, operator
      oidc.corp.role.claim=realm.roles
      oidc.corp.account.kind=email
      oidc.corp.account.claim=mail
      """;

  @TempDir Path dir;

  private VaultConfig load(String properties, String... environment) throws IOException {
    Path file = Files.writeString(dir.resolve("vault.properties"), properties);
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < environment.length; i += 2) {
      variables.put(environment[i], environment[i + 1]);
    }
    return VaultConfig.load(List.of(file), variables);
  }

  @Test
  void defaults() throws IOException {
    VaultConfig config = load("");
    assertThat(config.store().data()).isEqualTo(Path.of("data/vault"));
    assertThat(config.store().keys()).isEqualTo(Path.of("data/keys"));
    assertThat(config.web().http().host()).isEqualTo("127.0.0.1");
    assertThat(config.web().http().port()).isEqualTo(8440);
    assertThat(config.web().publicUrl()).isEqualTo(URI.create("urn:contextkeep:vault"));
    assertThat(config.web().http().maxRequests()).isEqualTo(256);
    assertThat(config.web().http().maxBodyBytes()).isEqualTo(8 << 20);
    assertThat(config.policy().deadline()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.policy().server()).isEmpty();
    assertThat(config.identity().issuers()).isEmpty();
    assertThat(config.statistics()).isEqualTo(Timing.DEFAULT);
    assertThat(config.operations().metricsToken()).isEmpty();
    assertThat(config.operations().retentionSweep()).isEqualTo(Duration.ofHours(1));
    assertThat(config.audit().retention()).isEmpty();
    assertThat(config.store().deadline()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.audit().origin()).isEqualTo("urn:contextkeep:vault/audit");
    assertThat(config.audit().keyGeneration()).isEqualTo(1);
    assertThat(config.audit().witnesses()).isEmpty();
    assertThat(config.audit().witnessLogs()).isEmpty();
    assertThat(config.operations().requestLog()).isFalse();
    assertThat(config.policy())
        .usingRecursiveComparison()
        .ignoringFields("deadline")
        .isEqualTo(PolicySettings.BUILT_IN);
    assertThat(config.rights()).isEqualTo(RightsSettings.BUILT_IN);
    assertThat(config.rights().erasure().backupRetention()).isEmpty();
    assertThat(config.rights().erasure().noticeTimeout()).isEqualTo(Duration.ofDays(30));
    assertThat(config.web().limits()).isEqualTo(LimitSettings.DEFAULT);
    assertThat(config.web().internalHosts()).isEmpty();
    assertThat(config.identity().identifierKinds())
        .isEqualTo(new IdentifierKinds(Set.of("login"), Set.of("customer_number", "login")));
  }

  @Test
  void everySetting_isMapped() throws IOException {
    checkEverything(load(EVERYTHING));
  }

  @Test
  void everySetting_isMappedFromTheEnvironmentToo() throws IOException {
    Properties properties = new Properties();
    properties.load(new java.io.StringReader(EVERYTHING));
    Map<String, String> environment = new HashMap<>();
    properties.forEach(
        (key, value) ->
            environment.put(
                "CONTEXTKEEP_" + key.toString().replace('.', '_').toUpperCase(Locale.ROOT),
                value.toString()));
    checkEverything(VaultConfig.load(List.of(), environment));
  }

  private static void checkEverything(VaultConfig config) {
    assertThat(config.store().data()).isEqualTo(Path.of("/d"));
    assertThat(config.store().keys()).isEqualTo(Path.of("/k"));
    assertThat(config.web().http().host()).isEqualTo("::1");
    assertThat(config.web().http().port()).isEqualTo(1);
    assertThat(config.web().publicUrl()).isEqualTo(URI.create("https://vault.example"));
    assertThat(config.web().http().maxRequests()).isEqualTo(2);
    assertThat(config.web().http().maxBodyBytes()).isEqualTo(2_048);
    assertThat(config.web().http().maxBodiesBytes()).isEqualTo(4_096);
    assertThat(config.web().http().requestTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.web().http().maxConnections()).isEqualTo(7);
    assertThat(config.web().http().maxConnectionsPerAddress()).isEqualTo(6);
    assertThat(config.web().http().tls())
        .contains(new TlsFiles(Path.of("/etc/vault/chain.pem"), Path.of("/etc/vault/key.pem")));
    assertThat(config.policy().deadline()).isEqualTo(Duration.ofMillis(3));
    assertThat(config.policy().server())
        .contains(
            new PolicyServerSettings(
                URI.create("https://opa.example:8181"),
                Optional.of(Path.of("/t")),
                Optional.of(Path.of("/ca"))));
    assertThat(config.rights())
        .isEqualTo(
            new RightsSettings(
                Optional.of(Path.of("/r")),
                "loc:US-CA",
                Optional.of("SHOP"),
                config.rights().erasure()));
    assertThat(config.operations().metricsToken().orElseThrow().is("a-word-of-sixteen-letters"))
        .isTrue();
    assertThat(config.operations().retentionSweep()).isEqualTo(Duration.ofMinutes(4));
    assertThat(config.audit().retention()).contains(Duration.ofDays(400));
    assertThat(config.statistics())
        .isEqualTo(new Timing(Duration.ofMinutes(7), Duration.ofMillis(8)));
    assertThat(config.store().deadline()).isEqualTo(Duration.ofMillis(5));
    assertThat(config.audit().origin()).isEqualTo("log.example/a");
    assertThat(config.audit().keyGeneration()).isEqualTo(6);
    assertThat(config.audit().witnesses()).contains(Path.of("/w"));
    assertThat(config.audit().witnessLogs()).contains(Path.of("/l"));
    assertThat(config.operations().requestLog()).isTrue();
    assertThat(config.policy())
        .isEqualTo(
            new PolicySettings(
                Optional.of("https://bundles.example/vault.tar.gz"),
                Optional.of("ops:ES256:/p.pem"),
                Optional.of(Path.of("/t")),
                Duration.ofSeconds(7),
                Duration.ofSeconds(8),
                Duration.ofMillis(3),
                Optional.of(
                    new PolicyServerSettings(
                        URI.create("https://opa.example:8181"),
                        Optional.of(Path.of("/t")),
                        Optional.of(Path.of("/ca"))))));
    assertThat(config.rights().erasure().backupRetention()).contains(Period.ofDays(35));
    assertThat(config.identity().identifierKinds())
        .isEqualTo(new IdentifierKinds(Set.of("login", "sub", "email"), Set.of("loyalty_card")));
    assertThat(config.rights().erasure().noticeTimeout()).isEqualTo(Duration.ofDays(9));
    assertThat(config.web().limits()).isEqualTo(new LimitSettings(4, 5, 6, 7, 8));
    assertThat(config.web().internalHosts()).containsExactlyInAnyOrder("crm.internal", "127.0.0.1");
    assertThat(config.identity().issuers())
        .containsExactly(
            new IssuerSettings(
                "corp",
                "https://login.example",
                URI.create("https://login.example/jwks"),
                "api",
                Set.of(Role.AUDITOR, Role.OPERATOR),
                "realm.roles",
                "email",
                "mail"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "policy.bundle=/b.tar.gz",
        "policy.bundle.keys=unsigned",
        "policy.bundle=http://bundles.example/b\npolicy.bundle.keys=ops:ES256:/p.pem",
        "policy.bundle=https://a:b@bundles.example/b\npolicy.bundle.keys=ops:ES256:/p.pem",
        "policy.bundle=/b\npolicy.bundle.keys=unsigned\npolicy.bundle.token.file=/t",
        "policy.poll.min.seconds=9\npolicy.poll.max.seconds=8"
      })
  void unsignedOrUnencryptedPolicySources_areRefused(String properties) {
    assertThatThrownBy(() -> load(properties))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("policy.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backup.retention=35",
        "backup.retention=PT5H",
        "backup.retention=P0D",
        "backup.retention=P-1D",
        "erasure.notice.days=0"
      })
  void anInvalidBackupRetention_isRefused(String properties) {
    assertThatThrownBy(() -> load(properties))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be");
  }

  /** Checks that every setting is among those above. */
  @Test
  void noSetting_isLeftOutOfTheseTests() throws IOException {
    Properties tested = new Properties();
    tested.load(new java.io.StringReader(EVERYTHING));
    Set<Object> names = new HashSet<>();
    tested.keySet().forEach(key -> names.add(key.toString().replace("oidc.corp.", "oidc.<name>.")));
    assertThat(VaultConfig.knownKeys()).containsExactlyInAnyOrderElementsOf(strings(names));
  }

  /** A setting's row in the documentation. */
  private record Row(String standard, String takes) {}

  @Test
  void theDocumentedSettings_areTheExistingOnes_withTheirDefaults() throws IOException {
    Map<String, String> documented = new HashMap<>();
    documented().forEach((key, row) -> documented.put(key, row.standard()));
    assertThat(documented).containsExactlyInAnyOrderEntriesOf(VaultConfig.knownDefaults());
  }

  @Test
  void everyNumber_isDocumentedWithItsBounds() throws IOException {
    Pattern bounds = Pattern.compile("whole number from ([0-9]+) to ([0-9]+)");
    Map<String, String> enforced = new HashMap<>();
    for (String key : VaultConfig.knownDefaults().keySet()) {
      try {
        load(key + "=no number\n");
      } catch (IllegalArgumentException refused) {
        Matcher named = bounds.matcher(String.valueOf(refused.getMessage()));
        if (named.find()) {
          enforced.put(key, named.group(1) + " to " + named.group(2));
        }
      }
    }
    Map<String, String> documented = new HashMap<>();
    documented().forEach((key, row) -> documented.put(key, row.takes()));
    documented.values().removeIf(takes -> !takes.matches("[0-9]+ to [0-9]+"));
    assertThat(enforced).hasSizeGreaterThan(20).isEqualTo(documented);
  }

  private static Map<String, Row> documented() throws IOException {
    Path root = Path.of(System.getProperty("contextkeep.root"));
    Pattern row = Pattern.compile("(?m)^\\| `([^`]+)` \\| (?:`([^`]*)` )?\\| ([^|]+) \\|");
    Map<String, Row> documented = new HashMap<>();
    Matcher rows = row.matcher(Files.readString(root.resolve("docs/configure.md")));
    while (rows.find()) {
      String standard = Optional.ofNullable(rows.group(2)).orElse("");
      assertThat(documented.put(rows.group(1), new Row(standard, rows.group(3))))
          .as(rows.group(1))
          .isNull();
    }
    return documented;
  }

  private static List<String> strings(Set<Object> names) {
    return names.stream().map(Object::toString).toList();
  }

  @Test
  void theEnvironment_overridesTheFile_whichOverridesTheDefault() throws IOException {
    VaultConfig config =
        load("http.port=1\nhttp.host=::1\n", "CONTEXTKEEP_HTTP_PORT", "2", "OTHER", "3");
    assertThat(config.web().http().port()).isEqualTo(2);
    assertThat(config.web().http().host()).isEqualTo("::1");
    assertThat(config.web().http().maxRequests()).isEqualTo(256);
    assertThat(config.store().deadline()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void anIssuer_givesOnlyCustomers_withItsOwnKind_byDefault() throws IOException {
    VaultConfig config =
        load(
            """
            public.url=https://vault.example
            oidc.b.issuer=https://b.example
            oidc.b.jwks=http://127.0.0.1:1/jwks
            oidc.a.issuer=https://a.example
            oidc.a.jwks=https://a.example/jwks
            """);
    assertThat(config.identity().issuers())
        .extracting(IssuerSettings::name)
        .containsExactly("a", "b");
    IssuerSettings b = config.identity().issuers().get(1);
    assertThat(b.audience()).isEqualTo("https://vault.example");
    assertThat(b.roles()).containsExactly(Role.CUSTOMER);
    assertThat(b.roleClaim()).isEqualTo("role");
    assertThat(b.accountKind()).isEqualTo("b");
    assertThat(b.accountClaim()).isEqualTo("sub");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http.prot",
        "oidc.issuer",
        "oidc.jwks",
        "oidc.corp.isuer",
        "oidc.Corp.issuer",
        "oidc.corp.eu.issuer",
        "oidc..issuer"
      })
  void anUnknownKey_stopsTheStart(String key) {
    assertThatThrownBy(() -> load(key + "=1\n"))
        .hasMessageContaining(key)
        .hasMessageContaining("oidc.<name>.issuer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "vault.example"})
  void aVaultForOtherMachines_needsAPublicUrl(String host) {
    assertThatThrownBy(() -> load("http.host=" + host))
        .hasMessageContaining("public.url")
        .hasMessageContaining("http.host");
    assertThatThrownBy(() -> load("http.host=" + host + "\npublic.url=urn:x:y"))
        .hasMessageContaining("public.url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
  void aVaultForThisMachine_needsNoPublicUrl(String host) throws Exception {
    assertThat(load("http.host=" + host).web().http().host()).isEqualTo(host);
  }

  @Test
  void aCertificateWithoutAKey_stopsTheStart() {
    assertThatThrownBy(() -> load("http.tls.certificate=a.pem"))
        .hasMessageContaining("http.tls.key");
    assertThatThrownBy(() -> load("http.tls.key=a.pem"))
        .hasMessageContaining("http.tls.certificate");
  }

  @Test
  void anUnknownVariable_stopsTheStart() {
    assertThatThrownBy(() -> load("", "CONTEXTKEEP_HTTP_PROT", "1"))
        .hasMessageContaining("http.prot");
  }

  @ParameterizedTest
  @CsvSource({
    "http.port, 70000, 65535",
    "http.port, many, 65535",
    "http.max.requests, 0, 100000",
    "http.max.body.bytes, 1, 67108864",
    "policy.deadline.millis, 0, 60000",
    "retention.sweep.minutes, 0, 10080",
    "analytics.epoch.minutes, 0, 44640",
    "analytics.slot.millis, 0, 3600000",
    "audit.retention.days, -1, 36500"
  })
  void aNumberOutOfRange_isNamedWithItsBounds(String key, String value, String bound) {
    assertThatThrownBy(() -> load(key + "=" + value))
        .hasMessageContaining(key)
        .hasMessageContaining(bound);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "siem.otlp.url=ftp://a.example|siem.otlp.url must be an http",
        "siem.otlp.url=https://who:what@a.example/|siem.otlp.url must be an http",
        "siem.otlp.token=1234567890123456|siem.otlp.token needs siem.otlp.url",
        "siem.otlp.url=http://a.example/; siem.otlp.token=1234567890123456|https",
        "siem.otlp.url=https://a.example/; siem.otlp.token=short|siem.otlp.token: A secret",
        "siem.decisions.url=file:///logs|siem.decisions.url must be an http",
        "siem.decisions.url=https://a.example/?x=y|siem.decisions.url must end",
        "siem.decisions.token=1234567890123456|siem.decisions.token needs siem.decisions.url",
        "siem.decisions.url=http://a.example/; siem.decisions.token=1234567890123456|https",
        "siem.syslog.url=udp://a.example:514|siem.syslog.url must be tcp",
        "siem.syslog.url=tls://a.example|siem.syslog.url must be tcp",
        "siem.syslog.url=tcp://a.example:514; siem.syslog.ca=x|tls://",
      })
  void invalidCollectorSettings_areNamed(String lines, String said) {
    assertThatThrownBy(() -> load(lines.replace("; ", "\n")))
        .hasMessageContaining(said)
        .hasMessageNotContaining("1234567890123456");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "policy.server=http://opa.example:8181|policy.server must be an https URL",
        "policy.server=http://127.0.0.1.example|policy.server must be an https URL",
        "policy.server=https://who:what@opa.example|policy.server must be an https URL",
        "policy.server=https://opa.example/?x=y|policy.server must be an https URL",
        "policy.server=opa.example:8181|policy.server must be an https URL",
        "policy.server=http://127.0.0.1:8181; policy.server.ca=/ca|policy.server.ca needs",
        "policy.server.token.file=/t|need policy.server",
        "policy.server.ca=/ca|need policy.server",
      })
  void invalidPolicyServerSettings_areNamed(String lines, String said) {
    assertThatThrownBy(() -> load(lines.replace("; ", "\n"))).hasMessageContaining(said);
  }

  @Test
  void collectorSettings_areRead() throws IOException {
    SiemSettings siem = load(EVERYTHING).audit().siem();
    assertThat(siem.otlp()).contains(URI.create("http://localhost:4318/v1/logs"));
    assertThat(siem.syslog()).contains(URI.create("tls://a.example:6514"));
    assertThat(siem.syslogCa()).contains(Path.of("ca.pem"));
    assertThat(siem.decisions()).contains(URI.create("https://decisions.example/opa"));
    assertThat(siem.decisionsToken().orElseThrow().is("6543210987654321")).isTrue();
    assertThat(siem.toString()).doesNotContain("1234567890123456", "6543210987654321");
    assertThat(load("").audit().siem()).isEqualTo(SiemSettings.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "issuer|login",
        "jwks|http://login.example/jwks",
        "jwks|http://127.0.0.1.example/jwks",
        "jwks|https://who:what@login.example/jwks",
        "jwks|file:///etc/passwd",
        "jwks|not a url",
        "roles|customer,root",
        "roles|customer,",
        "account.kind|E-Mail",
      })
  void invalidIssuerSettings_areNamed(String key, String value) {
    assertThatThrownBy(() -> load(EVERYTHING + "oidc.corp." + key + "=" + value))
        .hasMessageContaining("oidc.corp." + key);
  }

  @Test
  void anIssuerWithoutNameOrKeys_isRefused() {
    assertThatThrownBy(() -> load("oidc.corp.issuer=https://login.example"))
        .hasMessageContaining("oidc.corp.jwks");
    assertThatThrownBy(() -> load("oidc.corp.jwks=https://login.example"))
        .hasMessageContaining("oidc.corp.issuer");
  }

  @Test
  void secrets_mustBeLong_andAreNeverPrinted() throws IOException {
    assertThatThrownBy(() -> load("metrics.token=short"))
        .hasMessageContaining("metrics.token")
        .hasMessageNotContaining("short");
    assertThat(load(EVERYTHING).toString()).doesNotContain("a-word-of-sixteen-letters");
  }
}
