package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.vault.web.HttpSettings;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WebAddressTest {
  @ParameterizedTest
  @CsvSource({
    "https://vault.example,127.0.0.1,https://vault.example",
    "https://vault.example/,127.0.0.1,https://vault.example",
    "HTTPS://vault.example:8443/a//,127.0.0.1,https://vault.example:8443/a",
    "http://vault.example/a%20b?x=y#z,127.0.0.1,http://vault.example/a%20b",
    "urn:contextkeep:vault,127.0.0.1,http://127.0.0.1:4711",
    "urn:contextkeep:vault,localhost,http://localhost:4711",
    "urn:contextkeep:vault,::1,http://[::1]:4711",
    "https:///vault,127.0.0.1,http://127.0.0.1:4711",
    "httpx://vault.example,127.0.0.1,http://127.0.0.1:4711",
    "vault,127.0.0.1,http://127.0.0.1:4711"
  })
  void theAddress_isThePublicUrl_orTheListeningAddress(String name, String host, String url)
      throws IOException {
    HttpSettings http =
        VaultConfig.load(List.of(), Map.of("CONTEXTKEEP_HTTP_HOST", host)).web().http();
    assertThat(WebAddress.of(URI.create(name), http, 4711)).isEqualTo(url);
    assertThat(URI.create(url).isAbsolute()).isTrue();
  }
}
