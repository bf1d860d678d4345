package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VaultConfigTest {
  @TempDir Path dir;

  @Test
  void theEnvironment_overridesTheFile_whichOverridesTheDefault() throws IOException {
    Path file = Files.writeString(dir.resolve("vault.properties"), "http.port=1\nhttp.host=::1\n");
    VaultConfig config = VaultConfig.load(List.of(file), Map.of("CONTEXTKEEP_HTTP_PORT", "2"));
    assertThat(config.port()).isEqualTo(2);
    assertThat(config.host()).isEqualTo("::1");
    assertThat(config.maxConcurrentRequests()).isEqualTo(256);
  }

  @Test
  void anUnknownKey_stopsTheStart() throws IOException {
    Path file = Files.writeString(dir.resolve("vault.properties"), "http.prot=1\n");
    assertThatThrownBy(() -> VaultConfig.load(List.of(file), Map.of()))
        .hasMessageContaining("http.prot");
    assertThatThrownBy(() -> VaultConfig.load(List.of(), Map.of("CONTEXTKEEP_HTTP_PROT", "1")))
        .hasMessageContaining("http.prot");
  }

  @Test
  void aNumberOutOfRange_isNamedWithItsBounds() {
    assertThatThrownBy(() -> VaultConfig.load(List.of(), Map.of("CONTEXTKEEP_HTTP_PORT", "70000")))
        .hasMessageContaining("http.port")
        .hasMessageContaining("65535");
  }
}
