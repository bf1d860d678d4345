package io.contextkeep.vault;

import static io.contextkeep.vault.TestVault.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The permissions of the vault's files, which only its own user can read, with any umask. */
final class PrivateFilesIT {
  @TempDir Path dir;

  @Test
  void theVaultsFiles_areReadableByTheirOwnerOnly() throws Exception {
    try (TestVault vault = new TestVault(dir)) {
      vault.furnish();
      vault.write("17850", "country", "\"France\"");
      vault.catchUp();
      // Jena's files below the graph's own directory are checked again at each start.
      assertThat(open(dir, path -> !path.startsWith(dir.resolve("data/graph")))).isEmpty();
      assertThat(permissions(dir.resolve("data/graph"))).isEqualTo("rwx------");
      vault.restart();
      ok(vault.get(vault.customer("customer_number:17850"), "/v1/me"));
    }
  }

  @Test
  void filesOfAnOlderVault_areClosedAtTheStart() throws Exception {
    try (TestVault vault = new TestVault(dir)) {
      vault.whileStopped(
          () -> {
            set(dir.resolve("data/vault.db"), "rw-r--r--");
            set(dir.resolve("keys/keys.db"), "rw-rw-rw-");
            set(dir.resolve("data/graph"), "rwxr-xr-x");
          });
      for (String file : List.of("data/vault.db", "keys/keys.db")) {
        assertThat(permissions(dir.resolve(file))).isEqualTo("rw-------");
      }
      assertThat(permissions(dir.resolve("data/graph"))).isEqualTo("rwx------");
    }
  }

  @Test
  void aDirectoryOpenToOthers_isClosedAtTheStart_andLogged() throws Exception {
    try (TestVault vault = new TestVault(dir)) {
      for (String name : List.of("data", "keys")) {
        vault.whileStopped(() -> set(dir.resolve(name), "rwxr-x--x"));
        assertThat(permissions(dir.resolve(name))).isEqualTo("rwx------");
        assertThat(vault.logs().text()).contains("other users had access to a directory");
      }
    }
  }

  private static List<Path> open(Path directory, Predicate<Path> which) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(which).filter(path -> !permissions(path).endsWith("------")).toList();
    }
  }

  private static String permissions(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void set(Path path, String permissions) {
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
