package io.contextkeep.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.SubjectId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The replacement of a policy while it decides. */
final class ReloadableEngineTest {
  private static final String PURPOSE = "dpv:CustomerCare";

  /** Two policies with different retention of answers. */
  private static final Bundle FIRST = withTtl(900);

  private static final Bundle SECOND = withTtl(901);

  private static ScheduledExecutorService watchdog;
  private static PolicyEngine first;
  private static PolicyEngine second;

  @BeforeAll
  static void start() {
    watchdog = Executors.newSingleThreadScheduledExecutor();
    first = new WasmEngine(FIRST, 2, Duration.ofSeconds(10), watchdog);
    second = new WasmEngine(SECOND, 2, Duration.ofSeconds(10), watchdog);
  }

  @AfterAll
  static void stop() {
    watchdog.shutdownNow();
  }

  @Test
  void replacementsUnderLoad_failNoQuestion_andEachAnswerIsOfOnePolicy() throws Exception {
    ReloadableEngine reloadable = new ReloadableEngine(new MemoisedEngine(first, 100));
    PolicyGate gate = new PolicyGate(reloadable, new SecureRandom());
    List<Future<Map<String, Integer>>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        int who = i;
        answers.add(threads.submit(() -> answersUntilBothWereSeen(gate, who)));
      }
      for (int i = 0; !answers.stream().allMatch(Future::isDone); i++) {
        reloadable.swap(new MemoisedEngine(i % 2 == 0 ? second : first, 100));
        Thread.yield();
      }
    }
    for (Future<Map<String, Integer>> all : answers) {
      assertThat(all.get()).containsOnlyKeys("1.900", "2.901");
    }
  }

  @Test
  void rememberedDecisions_areDroppedWithTheirPolicy() throws Exception {
    ReloadableEngine reloadable = new ReloadableEngine(new MemoisedEngine(first, 100));
    PolicyGate gate = new PolicyGate(reloadable, new SecureRandom());
    assertThat(answer(gate, 0)).isEqualTo("1.900");
    reloadable.swap(new MemoisedEngine(second, 100));
    assertThat(answer(gate, 0)).isEqualTo("2.901");
    assertThat(reloadable.identity()).isEqualTo(SECOND.identity());
  }

  @Test
  void withoutAPolicy_everythingIsRefused() {
    ReloadableEngine reloadable = new ReloadableEngine(new NoPolicy());
    Decision decision = new PolicyGate(reloadable, new SecureRandom()).decide(question(0));
    assertThat(decision)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.reasons()).containsExactly("POLICY_UNAVAILABLE"));
  }

  private static Map<String, Integer> answersUntilBothWereSeen(PolicyGate gate, int who) {
    Map<String, Integer> seen = new TreeMap<>();
    for (int i = 0; i < 500 || seen.size() < 2; i++) {
      seen.merge(answer(gate, who * 7 + i % 5), 1, Integer::sum);
    }
    return seen;
  }

  /** The policy that an answer names, and the policy whose answer it is. */
  private static String answer(PolicyGate gate, int which) {
    Permit permit = (Permit) gate.decide(question(which));
    String policy = permit.policy().equals(FIRST.identity()) ? "1" : "2";
    return policy + "." + permit.ttl().toSeconds();
  }

  private static Question question(int which) {
    return new Question(
        new Question.Caller("shop", "app", List.of(PURPOSE)),
        PURPOSE,
        new Question.Subject(Optional.of(new SubjectId(1)), false, false),
        List.of(),
        List.of(),
        new TreeMap<>(Map.of("a", new Question.Attribute("pd:Country", false, which))));
  }

  private static Bundle withTtl(int seconds) {
    Bundle builtIn = Bundle.builtIn();
    return builtIn.withData(builtIn.data().replace("\"ttl_s\":900", "\"ttl_s\":" + seconds));
  }
}
