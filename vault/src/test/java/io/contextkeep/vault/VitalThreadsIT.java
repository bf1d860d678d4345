package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.vault.jobs.Threads;
import io.contextkeep.vault.jobs.Threads.LastWord;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a vital thread, which is reported or ends the vault. */
final class VitalThreadsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static <T extends Throwable> T made(Class<T> type) throws ReflectiveOperationException {
    return type.getDeclaredConstructor().newInstance();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        OutOfMemoryError.class,
        StackOverflowError.class,
        NoClassDefFoundError.class,
        IllegalStateException.class
      })
  void anEndedVitalThread_isReportedByName(Class<? extends Throwable> type) throws Exception {
    Throwable thrown = made(type);
    Exchanger<Map.Entry<String, Throwable>> said = new Exchanger<>();
    Threads threads = new Threads((name, why) -> exchange(said, Map.entry(name, why)));
    assertThat(threads.dead()).isEmpty();
    threads.vital("writer").newThread(() -> sneaky(thrown)).start();
    assertThat(said.exchange(Map.entry("", thrown), TIMEOUT.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(Map.entry("writer", thrown));
    assertThat(threads.dead()).contains("writer");
  }

  private static <T> void exchange(Exchanger<T> exchanger, T word) {
    try {
      exchanger.exchange(word);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sneaky(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }

  @ParameterizedTest
  @ValueSource(classes = {OutOfMemoryError.class, IllegalStateException.class})
  void aScheduledTaskThatThrows_runsAgain_andSoDoTheOthers(Class<? extends Throwable> type)
      throws Exception {
    Throwable thrown = made(type);
    Threads threads = new Threads(LastWord.NONE);
    CountDownLatch delayed = new CountDownLatch(3);
    CountDownLatch fixed = new CountDownLatch(3);
    try (ScheduledExecutorService scheduler = threads.scheduler("housekeeping")) {
      var one =
          scheduler.scheduleWithFixedDelay(
              () -> fail(delayed, thrown), 0, 1, TimeUnit.MILLISECONDS);
      var two =
          scheduler.scheduleAtFixedRate(() -> fail(fixed, thrown), 0, 1, TimeUnit.MILLISECONDS);
      assertThat(delayed.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(fixed.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      one.cancel(false);
      two.cancel(false);
    }
    assertThat(threads.dead()).isEmpty();
  }

  private static void fail(CountDownLatch latch, Throwable thrown) {
    latch.countDown();
    sneaky(thrown);
  }

  /** The listener of a durable commit runs outside of any work's own outcome. */
  @Test
  void aVaultWithoutItsWriter_isNeitherAliveNorReady_andRefusesAtOnce(@TempDir Path dir)
      throws Exception {
    CountDownLatch said = new CountDownLatch(1);
    VaultConfig config =
        VaultConfig.load(
            List.of(),
            Map.of(
                "CONTEXTKEEP_HTTP_PORT", "0",
                "CONTEXTKEEP_DATA", dir.resolve("data").toString(),
                "CONTEXTKEEP_KEYS", dir.resolve("keys").toString()));
    Vault vault = Vault.start(config, InstantSource.system(), (_, _) -> said.countDown());
    try (vault) {
      assertThat(health(vault, "live")).isEqualTo("200 ok\n");
      vault.db().join(new Fatal());
      assertThat(vault.db().<Integer>inWrite(_ -> 7)).as("it is durable by then").isEqualTo(7);
      assertThat(said.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(health(vault, "live")).isEqualTo("503 not alive\nended: vault-writer\n");
      assertThat(health(vault, "ready")).startsWith("503 not ready\n");
      assertThatThrownBy(() -> vault.db().inWrite(_ -> 0)).isInstanceOf(StoreUnavailable.class);
    }
  }

  private static final class Fatal implements LogStore.Participant {
    @Override
    public void committed() {
      throw new OutOfMemoryError("as if");
    }

    @Override
    public void rolledBack() {}
  }

  private static String health(Vault vault, String which) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + vault.port() + "/health/" + which);
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    }
  }

  /** Checks the program's log line and its exit status. */
  @Test
  void theProgram_exitsWithALogLine(@TempDir Path dir) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJava.command(List.of(), ChildJava.shortLived(), Ending.class, List.of()))
            .redirectErrorStream(true)
            .directory(dir.toFile())
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(Main.THREAD_ENDED);
    assertThat(said).contains("a vital thread has ended").contains("vault-writer");
  }

  /** A program whose writer runs out of memory, while everything else would continue. */
  static final class Ending {
    private Ending() {}

    public static void main(String[] args) throws InterruptedException {
      new Threads(Main::end)
          .vital("vault-writer")
          .newThread(
              () -> {
                throw new OutOfMemoryError("as if");
              })
          .start();
      new CountDownLatch(1).await();
    }
  }
}
