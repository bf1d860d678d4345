package io.contextkeep.vault.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** File systems private to a child process, for faults that no pragma can cause. */
final class Mounts {

  private Mounts() {}

  /** Skips the test with a message if mounting is not allowed. */
  static void assumeAllowed() throws IOException, InterruptedException {
    assumeTrue(allowed(), "SKIPPED: unshare -Urm and mount are not allowed on this machine");
  }

  /** Returns a command prefix with a small file system at a directory. */
  static List<String> small(Path directory, int megabytes) {
    return inNamespace(
        "mount -t tmpfs -o mode=700,size=%sm none \"$0\" && head -c 1048576 /dev/zero >\"$0/ballast\""
            .formatted(megabytes),
        directory);
  }

  /** Returns a command prefix with a read-only directory. */
  static List<String> readOnly(Path directory) {
    return inNamespace("mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"", directory);
  }

  /** Returns the directory as the process sees it. */
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
