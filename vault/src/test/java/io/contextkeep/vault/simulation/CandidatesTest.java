package io.contextkeep.vault.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.bundle.BundleRejected;
import io.contextkeep.policy.bundle.Trust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Candidate policies, which are evaluated but not in force. */
final class CandidatesTest {
  private static ScheduledExecutorService watchdog;

  @BeforeAll
  static void start() {
    watchdog = Executors.newSingleThreadScheduledExecutor();
  }

  @AfterAll
  static void stop() {
    watchdog.shutdownNow();
  }

  private static Candidates trusting(Optional<Trust> trust) {
    return new Candidates(
        Bundle::builtIn, trust, Duration.ofSeconds(10), watchdog, new SecureRandom());
  }

  private static byte[] bundle(String revision) throws IOException {
    Bundle bundle = Bundle.builtIn();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (Map.Entry<String, byte[]> file :
          Map.of(
                  ".manifest",
                  ("{\"revision\":\"" + revision + "\"}").getBytes(StandardCharsets.UTF_8),
                  "data.json",
                  bundle.data().getBytes(StandardCharsets.UTF_8),
                  "policy.wasm",
                  bundle.wasm())
              .entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry("/" + file.getKey(), true);
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void aBundle_isACandidateWithItsOwnRevision() throws Exception {
    Candidates candidates = trusting(Optional.of(new Trust.Anybody()));
    assertThat(candidates.ofBundle(bundle("8-next")).policy().revision()).isEqualTo("8-next");
  }

  @Test
  void withoutAKey_noBundleIsAccepted() {
    assertThatThrownBy(() -> trusting(Optional.empty()).ofBundle(bundle("8-next")))
        .isInstanceOf(BundleRejected.class)
        .extracting(e -> ((BundleRejected) e).step())
        .isEqualTo(BundleRejected.Step.SIGNATURE);
  }

  @Test
  void otherData_isACandidate_ifItPassesTheGoldenDecisions() throws Exception {
    Candidates candidates = trusting(Optional.empty());
    String data = Bundle.builtIn().data();
    assertThat(candidates.ofData(data).policy()).isEqualTo(Bundle.builtIn().identity());
    assertThatThrownBy(() -> candidates.ofData("{}")).isInstanceOf(BundleRejected.class);
  }
}
