package io.contextkeep.vault.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** File systems that only one child process sees, for faults that no pragma can make. */
final class Mounts {

  private Mounts() {}

  /** Skips the test, aloud, where mounting is not allowed. */
  static void assumeAllowed() throws IOException, InterruptedException {
    assumeTrue(allowed(), "SKIPPED: unshare -Urm and mount are not allowed on this machine");
  }

  /** A command prefix: a small file system of its own at the directory, with a megabyte to free. */
  static List<String> small(Path directory, int megabytes) {
    return inNamespace(
        "mount -t tmpfs -o mode=700,size=%sm none \"$0\" && head -c 1048576 /dev/zero >\"$0/ballast\""
            .formatted(megabytes),
        directory);
  }

  /** A command prefix: the directory can be read only. */
  static List<String> readOnly(Path directory) {
    return inNamespace("mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"", directory);
  }

  /** The directory as the process sees it. */
  static Path seenBy(long pid, Path directory) {
    return Path.of("/proc/" + pid + "/root" + directory.toAbsolutePath());
  }

  private static List<String> inNamespace(String preparation, Path directory) {
    return List.of(
        "unshare", "-Urm", "sh", "-c", preparation + " && exec \"$@\"", directory.toString());
  }

  private static boolean allowed() throws IOException, InterruptedException {
    try {
      Process probe =
          new ProcessBuilder("unshare", "-Urm", "mount", "-t", "tmpfs", "none", "/mnt")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }
}
