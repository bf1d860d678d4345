package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.ontology.Coded;
import io.contextkeep.ontology.Purpose;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The JSON of answer records. */
final class AnswerTest {
  private enum Mode implements Coded {
    READ_ONLY;

    @Override
    public String code() {
      return "read-only";
    }
  }

  private enum Unit {
    CALENDAR_MONTHS
  }

  private record Inner(boolean isWhole, long count) {}

  private record Outer(
      String zebra,
      Optional<String> left,
      Optional<Inner> right,
      Instant at,
      Mode mode,
      Optional<Unit> unit,
      Purpose purpose,
      List<Optional<String>> items,
      List<Inner> none) {

    boolean isMentioned() {
      return true;
    }
  }

  private record Things(List<String> things, Optional<String> next) implements Paged {}

  private static String body(Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aRecord_isWrittenInTheOrderOfItsComponents_withoutAbsentOnes() {
    Outer outer =
        new Outer(
            "z",
            Optional.empty(),
            Optional.of(new Inner(true, 7)),
            Instant.parse("2026-11-24T12:00:00Z"),
            Mode.READ_ONLY,
            Optional.of(Unit.CALENDAR_MONTHS),
            Purpose.parse("dpv:Marketing").orElseThrow(),
            List.of(Optional.of("a")),
            List.of());
    assertThat(body(Answer.ok(outer)))
        .isEqualTo(
            """
            {"zebra":"z","right":{"isWhole":true,"count":7},"at":"2026-11-24T12:00:00.000Z",\
            "mode":"read-only","unit":"calendar-months","purpose":"dpv:Marketing",\
            "items":["a"],"none":[]}\
            """);
  }

  @Test
  void anInstant_isWrittenInUtcWithMilliseconds() {
    assertThat(Times.write(Instant.parse("1970-01-01T00:00:00.0019Z")))
        .isEqualTo("1970-01-01T00:00:00.001Z");
    assertThat(Times.write(Instant.parse("9999-12-31T23:59:59.999999999Z")))
        .isEqualTo("9999-12-31T23:59:59.999Z");
  }

  @Test
  void aPage_hasALinkToTheNextOne_andTheLastHasNone() {
    Answer first = Answer.ok(new Things(List.of("a"), Optional.of("/v1/things?cursor=a")));
    assertThat(first.headers()).isEqualTo(Map.of("Link", "</v1/things?cursor=a>; rel=\"next\""));
    assertThat(body(first)).isEqualTo("{\"things\":[\"a\"],\"next\":\"/v1/things?cursor=a\"}");
    Answer last = Answer.ok(new Things(List.of(), Optional.empty()));
    assertThat(last.headers()).isEmpty();
    assertThat(body(last)).isEqualTo("{\"things\":[]}");
  }

  @Test
  void createdResources_haveALocation() {
    Answer answer = Answer.created("/v1/things/7", Map.of("id", 7));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.headers()).isEqualTo(Map.of("Location", "/v1/things/7"));
  }

  @Test
  void theNextPagesUrl_repeatsTheParameters_andItsCursorIsReadBack() {
    Page page = new Page("/v1/things", Map.of("from", "a+b c", "limit", "2"), 2, Optional.empty());
    assertThat(page.next("x/y&z")).isEqualTo("/v1/things?cursor=x%2Fy%26z&from=a%2Bb%20c&limit=2");
    assertThat(page.<String>after(Optional::of)).isEmpty();
    Page next = new Page("/v1/things", Map.of(), 2, Optional.of("x"));
    assertThat(next.<String>after(Optional::of)).contains("x");
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(() -> next.after(_ -> Optional.empty())))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("'cursor'");
  }

  @Test
  void aSecondHeader_doesNotReplaceTheFirst() {
    Answer answer = Answer.ok(Map.of()).with(Map.of("A", "1")).with(Map.of("B", "2"));
    assertThat(answer.headers()).isEqualTo(Map.of("A", "1", "B", "2"));
  }
}
