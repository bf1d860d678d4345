package io.contextkeep.policy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.WasmEngine;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agreement of both engines, which must give the same document or failure for generated
 * questions. Their number is {@code contextkeep.questions}.
 */
final class EnginesAgreeTest {
  private static final int QUESTIONS = Integer.getInteger("contextkeep.questions", 1_000);
  private static final int ASKING = 8;
  private static final Duration PATIENT = Duration.ofSeconds(60);

  @TempDir Path dir;
  private static ScheduledExecutorService watchdog;
  private static WasmEngine wasm;

  @BeforeAll
  static void start() {
    watchdog = Executors.newSingleThreadScheduledExecutor();
    wasm = new WasmEngine(Bundle.builtIn(), 2, PATIENT, watchdog);
  }

  @AfterAll
  static void stop() {
    watchdog.shutdownNow();
  }

  @Test
  void anOpaServer_givesTheSameAnswersAsTheBuiltInPolicy() throws Exception {
    try (OpaServer server = OpaServer.start(OpaServer.bundle(dir))) {
      compare(server.url(), QUESTIONS);
    }
  }

  /** Checks without OPA that no question or answer changes in transport. */
  @Test
  void transportOverHttp_changesNoQuestionOrAnswer() throws Exception {
    try (ScriptedOpa server = new ScriptedOpa(ScriptedOpa.evaluating(wasm))) {
      compare(server.url(), 1_000);
    }
  }

  private static void compare(URI server, int questions) throws Exception {
    Map<String, Integer> seen = new TreeMap<>();
    try (PolicyEngine remote =
            new OpaServerEngine(HttpClient.newHttpClient(), server, Optional.empty(), PATIENT);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Map<String, Integer>>> parts = new ArrayList<>();
      for (int i = 0; i < ASKING; i++) {
        Questions from = new Questions(new Random(71 + i));
        parts.add(threads.submit(() -> compare(remote, from, questions / ASKING)));
      }
      for (Future<Map<String, Integer>> part : parts) {
        part.get().forEach((what, times) -> seen.merge(what, times, Integer::sum));
      }
    }
    System.out.println(questions + " questions, one answer to each from both engines: " + seen);
    // Otherwise the questions would not be representative.
    assertThat(seen.get("yes")).isGreaterThan(questions / 10);
    assertThat(seen.get("no")).isGreaterThan(questions / 10);
  }

  private static Map<String, Integer> compare(PolicyEngine remote, Questions from, int many) {
    Map<String, Integer> seen = new TreeMap<>();
    for (int i = 0; i < many; i++) {
      String question = from.next();
      Outcome here = Outcome.of(wasm, question);
      assertThat(Outcome.of(remote, question).text()).as(question).isEqualTo(here.text());
      seen.merge(here.kind(), 1, Integer::sum);
    }
    return seen;
  }
}
