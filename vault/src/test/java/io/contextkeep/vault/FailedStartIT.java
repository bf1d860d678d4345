package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A vault that cannot start leaves nothing open: the next start in the same process succeeds. */
@EnabledOnOs(OS.LINUX)
final class FailedStartIT {
  @TempDir Path dir;

  private VaultConfig config(int port) throws IOException {
    return VaultConfig.load(
        List.of(),
        Map.of(
            "CONTEXTKEEP_DATA", dir.resolve("data").toString(),
            "CONTEXTKEEP_KEYS", dir.resolve("keys").toString(),
            "CONTEXTKEEP_HTTP_PORT", Integer.toString(port)));
  }

  @Test
  void aStartThatFails_closesWhatItOpened() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      VaultConfig config = config(taken.getLocalPort());
      assertThatThrownBy(() -> Vault.start(config, InstantSource.system()))
          .hasMessageContaining("Address already in use");
    }
    assertThat(openFiles()).isEmpty();
    try (Vault vault = Vault.start(config(0), InstantSource.system())) {
      assertThat(openFiles()).isNotEmpty();
      assertThat(vault.port()).isPositive();
    }
    assertThat(openFiles()).isEmpty();
  }

  /** The files in the vault's directories that this process holds open, as Linux lists them. */
  private List<Path> openFiles() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .flatMap(FailedStartIT::target)
          .filter(file -> file.startsWith(dir))
          .toList();
    }
  }

  private static Stream<Path> target(Path descriptor) {
    try {
      return Stream.of(Files.readSymbolicLink(descriptor));
    } catch (IOException closedMeanwhile) {
      return Stream.empty();
    }
  }
}
