package io.contextkeep.vault.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Only one replay runs at a time, and its permit is released however it ends. */
final class ReplayAnswersTest {
  private static final PolicyIdentity POLICY = new PolicyIdentity("1", "", "");
  private static final Replayed NOTHING =
      new Replayed(POLICY, POLICY, 0, 0, new TreeMap<>(), List.of(), List.of());

  private final ReplayAnswers answers = new ReplayAnswers();

  private static Request wanting(String type) {
    return new Request(
        "1",
        new Caller("olga", Role.OPERATOR, Optional.empty()),
        "/v1/policy/replay",
        type,
        Map.of(),
        Map.of(),
        Map.of(),
        false,
        new byte[0],
        () -> false);
  }

  private Answer answer(String type, ReplayAnswers.Run run) {
    return answers.of(wanting(type), () -> run, ReplayResult::of);
  }

  @Test
  void aSecondReplay_isRefused_untilTheFirstHasEnded() throws IOException {
    Answer first = answer(Media.LINES, _ -> NOTHING);
    assertThatThrownBy(() -> answer(Media.JSON, _ -> NOTHING))
        .isInstanceOf(Problem.class)
        .extracting(e -> ((Problem) e).code())
        .isEqualTo("overloaded");
    first.stream().orElseThrow().writeTo(new ByteArrayOutputStream());
    first.stream().orElseThrow().end();
    assertThat(answer(Media.JSON, _ -> NOTHING).status()).isEqualTo(200);
    assertThat(answer(Media.JSON, _ -> NOTHING).status()).isEqualTo(200);
  }

  @Test
  void thePlaceIsFree_afterAFailedReplay() {
    for (RuntimeException failure :
        List.of(new IllegalStateException("broken"), Problem.badRequest("no", "No"))) {
      assertThatThrownBy(
              () ->
                  answer(
                      Media.JSON,
                      _ -> {
                        throw failure;
                      }))
          .isSameAs(failure);
    }
    assertThat(answer(Media.JSON, _ -> NOTHING).status()).isEqualTo(200);
  }

  @Test
  void aPolicyChangeDuringAReplay_isAConflict() {
    assertThatThrownBy(
            () ->
                answer(
                    Media.JSON,
                    _ -> {
                      throw new PolicyChanged();
                    }))
        .isInstanceOf(Problem.class)
        .extracting(e -> ((Problem) e).code())
        .isEqualTo("policy_changed");
  }

  @Test
  void aClientThatHasGone_endsTheReplay() {
    Answer answer =
        answer(
            Media.LINES,
            progress -> {
              progress.at(1, 2);
              throw new AssertionError("the replay went on without a client");
            });
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("gone");
          }
        };
    assertThatThrownBy(() -> answer.stream().orElseThrow().writeTo(gone))
        .isInstanceOf(IOException.class);
  }

  @Test
  void theLines_reportProgress_andEndWithTheAnswer() throws IOException {
    Answer answer =
        answer(
            Media.LINES,
            progress -> {
              progress.at(1, 2);
              return NOTHING;
            });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.stream().orElseThrow().writeTo(out);
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).contains("\"done\":1", "\"entries\":2");
    assertThat(lines.getLast()).contains("\"newlyAllows\":false");
  }
}
