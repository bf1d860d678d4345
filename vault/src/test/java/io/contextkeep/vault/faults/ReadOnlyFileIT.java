package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A read-only database file, with which the vault does not start. */
@Timeout(180)
final class ReadOnlyFileIT {
  private static final String ANN = "17850";

  @TempDir Path dir;

  @Test
  void onAReadOnlyDatabase_noVaultStarts_andNothingIsChanged() throws Exception {
    Mounts.assumeAllowed();
    try (LiveVault vault = LiveVault.start(dir, Map.of())) {
      vault.furnish(ANN);
    }
    byte[] before = Files.readAllBytes(dir.resolve("data/vault.db"));

    ChildVault refused = ChildVault.begin(dir, Mounts.readOnly(dir.resolve("data")));

    assertThat(refused.awaitExit()).isNotZero();
    assertThat(refused.log())
        .contains("vault.db for reading and writing")
        .doesNotContain("France", "started");
    assertThat(Files.readAllBytes(dir.resolve("data/vault.db"))).isEqualTo(before);
    try (LiveVault vault = LiveVault.start(dir, Map.of())) {
      vault.read(ANN);
    }
  }
}
