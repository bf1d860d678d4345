package io.contextkeep.policy.server;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.WasmEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The engine in process. */
final class WasmEngineTest extends EngineContract {
  @TempDir Path dir;
  private final ScheduledExecutorService watchdog = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    watchdog.shutdownNow();
  }

  @Override
  PolicyEngine engine(Duration deadline) {
    return new WasmEngine(Bundle.builtIn(), 1, deadline, watchdog);
  }

  @Override
  PolicyEngine undefined() throws Exception {
    Path bundle = OpaServer.built(Undefined.policy(dir), "wasm");
    Bundle silent = Bundle.of(module(bundle), "{}", OpaServer.REVISION);
    return new WasmEngine(silent, 1, Duration.ofSeconds(30), watchdog);
  }

  private static byte[] module(Path bundle) throws IOException {
    try (var tar = new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(bundle)))) {
      while (!tar.getNextEntry().getName().endsWith("policy.wasm")) {
        // It is one of the next ones.
      }
      return tar.readAllBytes();
    }
  }

  @Override
  String revision() {
    return Bundle.builtIn().identity().revision();
  }
}
