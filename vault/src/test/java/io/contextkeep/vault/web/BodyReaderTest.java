package io.contextkeep.vault.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.Coded;
import io.contextkeep.ontology.Purpose;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Request bodies as records: accepted ones, and the problems of all others. */
final class BodyReaderTest {
  private enum Mode implements Coded {
    READ_ONLY("read-only"),
    WRITE("write");

    private final String code;

    Mode(String code) {
      this.code = code;
    }

    @Override
    public String code() {
      return code;
    }
  }

  private enum Unit {
    DAYS,
    CALENDAR_MONTHS
  }

  private record Grant(Purpose purpose, Optional<@Range(min = 1, max = 100) Integer> days) {}

  private record Window(Instant from, Instant until) {
    Window {
      if (!from.isBefore(until)) {
        throw InvalidField.of("until", "must be after 'from'");
      }
    }
  }

  private record Everything(
      @Text(max = 5) String name,
      Optional<@Text(max = 9, pattern = "[a-z]+:[A-Z]+", expected = "a code such as ck:YES") String>
          code,
      Optional<Mode> mode,
      Optional<Unit> unit,
      Optional<Boolean> flag,
      Optional<Long> count,
      Optional<BigDecimal> rho,
      Optional<Window> window,
      Optional<@Items(max = 2) List<Grant>> grants,
      Optional<@Items(min = 1, max = 3) List<@Text(max = 3) String>> words,
      Optional<@Items(max = 2) Map<@Text(max = 4) String, @Text(max = 4) String>> customer,
      Optional<JsonNode> value,
      @JsonProperty("expires-at") Optional<Instant> expires) {}

  private static final BodyReader<Everything> READER = BodyReader.of(Everything.class);

  private static Everything read(String json) {
    return READER.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Problem refused(String json) {
    return catchThrowableOfType(Problem.class, () -> read(json));
  }

  @Test
  void aBody_isReadCompletely() {
    Everything read =
        read(
            """
            {"name": "Ærøus", "code": "ck:YES", "mode": "read-only", "unit": "calendar-months",
             "flag": false, "count": 9223372036854775807, "rho": 0.10,
             "window": {"from": "2026-11-24T12:00:00+01:00", "until": "2026-11-24T12:00:00Z"},
             "grants": [{"purpose": "dpv:Marketing"},
                        {"purpose": "dpv:ServicePersonalisation", "days": 100}],
             "words": ["a", "b"], "customer": {"id": "7"}, "value": {"any": [null]},
             "expires-at": "2030-01-01T00:00:00.5Z"}\
            """);
    assertThat(read.name()).isEqualTo("Ærøus");
    assertThat(read.mode()).contains(Mode.READ_ONLY);
    assertThat(read.unit()).contains(Unit.CALENDAR_MONTHS);
    assertThat(read.count()).contains(Long.MAX_VALUE);
    assertThat(read.rho()).contains(new BigDecimal("0.10"));
    assertThat(read.window().orElseThrow().from()).isEqualTo("2026-11-24T11:00:00Z");
    assertThat(read.grants().orElseThrow())
        .extracting(Grant::days)
        .containsExactly(Optional.empty(), Optional.of(100));
    assertThat(read.words()).contains(List.of("a", "b"));
    assertThat(read.customer()).contains(Map.of("id", "7"));
    assertThat(read.value().orElseThrow().toString()).isEqualTo("{\"any\":[null]}");
    assertThat(read.expires().orElseThrow()).isEqualTo("2030-01-01T00:00:00.500Z");
  }

  @Test
  void optionalComponents_mayBeLeftOut() {
    Everything read = read("{\"name\": \"a\"}");
    assertThat(read.code()).isEmpty();
    assertThat(read.window()).isEmpty();
    assertThat(read.value()).isEmpty();
  }

  /** Checks a row; {@code name} is added if the row lacks it. */
  @ParameterizedTest(name = "{index}: {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}                                 | missing_field   | 'name' is missing; send a text of 1"
            + " to 5",
        "{'name': null}                     | invalid_field   | 'name' must be a text of 1 to 5"
            + " characters",
        "{'name': 7}                        | invalid_field   | 'name' must be a text",
        "{'name': true}                     | invalid_field   | 'name' must be a text",
        "{'name': ['a']}                    | invalid_field   | 'name' must be a text",
        "{'name': {}}                       | invalid_field   | 'name' must be a text",
        "{'name': ''}                       | invalid_field   | 'name' must be a text",
        "{'name': '  '}                     | invalid_field   | 'name' must be a text",
        "{'name': 'toolong'}                | invalid_field   | 'name' must be a text",
        "{'code': 'ck:no'}                  | invalid_field   | 'code' must be a code such as"
            + " ck:YES",
        "{'code': null}                     | invalid_field   | 'code' must be a code",
        "{'mode': 'readonly'}               | invalid_field   | 'mode' must be one of read-only,"
            + " write; did you mean 'read-only'?",
        "{'mode': 'READ_ONLY'}              | invalid_field   | one of read-only, write",
        "{'mode': 0}                        | invalid_field   | 'mode' must be one of",
        "{'unit': 'DAYS'}                   | invalid_field   | did you mean 'days'?",
        "{'flag': 'true'}                   | invalid_field   | 'flag' must be true or false",
        "{'flag': 1}                        | invalid_field   | 'flag' must be true or false",
        "{'count': '7'}                     | invalid_field   | 'count' must be a whole number",
        "{'count': 7.0}                     | invalid_field   | 'count' must be a whole number",
        "{'count': 1e3}                     | invalid_field   | 'count' must be a whole number",
        "{'count': 9223372036854775808}     | invalid_field   | 'count' must be a whole number",
        "{'count': null}                    | invalid_field   | 'count' must be a whole number",
        "{'rho': '0.1'}                     | invalid_field   | 'rho' must be a number",
        "{'rho': 1e999}                     | invalid_number  | exponents",
        "{'window': 7}                      | invalid_field   | 'window' must be an object with the"
            + " fields from, until",
        "{'window': {'until': '2026-01-01T00:00:00Z'}} | missing_field | 'window.from' is missing;"
            + " send an instant",
        "{'window': {'from': '2026-01-01'}} | invalid_time    | 'window.from' must be an instant"
            + " from 1970",
        "{'window': {'from': 7}}            | invalid_field   | 'window.from' must be an instant",
        "{'window': {'from': '2026-01-01T00:00:00Z', 'until': '2026-01-01T00:00:00Z'}} |"
            + " invalid_field | 'window.until' must be after 'from'",
        "{'window': {'form': 7}}            | unknown_field   | no field 'window.form'; known are"
            + " from, until; did you mean 'from'?",
        "{'grants': {}}                     | invalid_field   | 'grants' must be a list of at most"
            + " 2 items",
        "{'grants': [7]}                    | invalid_field   | 'grants[0]' must be an object with"
            + " the fields purpose, days",
        "{'grants': [{'purpose': 'dpv:Marketing'}, {}]} | missing_field | 'grants[1].purpose' is"
            + " missing",
        "{'grants': [{'purpose': 'marketing'}]} | unknown_purpose | did you mean 'dpv:Marketing'?",
        "{'grants': [{'purpose': 'dpv:Marketin'}]} | unknown_purpose | 'grants[0].purpose' must be"
            + " a purpose of DPV 2.3",
        "{'grants': [{'purpose': 7}]}       | invalid_field   | 'grants[0].purpose' must be a"
            + " purpose",
        "{'grants': [{'purpose': 'dpv:Marketing', 'days': 0}]} | invalid_field | 'grants[0].days'"
            + " must be a whole number from 1 to 100",
        "{'grants': [{'purpose': 'dpv:Marketing', 'days': 101}]} | invalid_field | from 1 to 100",
        "{'grants': [{'purpos': 1}]}        | unknown_field   | 'grants[0].purpos'",
        "{'grants': [1, 2, 3]}              | invalid_field   | at most 2 items",
        "{'words': []}                      | invalid_field   | 'words' must be a list of 1 to 3"
            + " items, each a text of 1 to 3",
        "{'words': ['a', 7]}                | invalid_field   | 'words[1]' must be a text",
        "{'words': [null]}                  | invalid_field   | 'words[0]' must be a text",
        "{'customer': {'id': 'secret'}}     | invalid_field   | 'customer.*' must be a text of 1 to"
            + " 4",
        "{'customer': {'a@b.c': 'secret'}}  | invalid_field   | 'customer.*' must be a text of 1 to"
            + " 4",
        "{'customer': {'a': '', 'b': '', 'c': ''}} | invalid_field | an object of at most 2 items",
        "{'expires-at': 'soon'}             | invalid_time    | 'expires-at' must be an instant",
        "{'nam': 'secret'}                  | unknown_field   | no field 'nam'; known are name,"
            + " code,",
        "{'secret': 1}                      | unknown_field   | There is an unknown field; known"
            + " are name, code,",
        "{'secret': 1, 'secret': 2}         | malformed_json  | '*' occurs twice",
        "{'secret@x': 1}                    | unknown_field   | There is an unknown field; known"
            + " are",
        "{'window': {'secret x': 1}}        | unknown_field   | There is an unknown field in"
            + " 'window'; known are from, until",
        "{'name': 'a', 'name': 'b'}         | malformed_json  | 'name' occurs twice",
        "{'grants': [{}, {'days': 1, 'days': 1}]} | malformed_json | 'grants[1].days' occurs twice",
        "{'a@b': 1, 'a@b': 1}               | malformed_json  | '*' occurs twice",
        "{'name': 'a'} {}                   | malformed_json  | not valid JSON at line 1",
        "{'name': 'a',}                     | malformed_json  | not valid JSON",
        "{'name': NaN}                      | malformed_json  | not valid JSON",
        "{'name': 01}                       | malformed_json  | not valid JSON",
        "{'name': 'a\\u0000'}               | invalid_text    | control characters",
        "{'name': 'a\\ud800'}               | invalid_text    | lone surrogates",
        "[]                                 | not_an_object   | The body must be a JSON object",
        "null                               | not_an_object   | The body must be a JSON object",
        "7                                  | not_an_object   | The body must be a JSON object",
        "`   `                              | empty_body      | The body must be JSON",
      })
  void invalidValues_areRefused_withTheirPathAndTheExpectedForm(
      String body, String code, String detail) {
    String json = body.replace('\'', '"');
    boolean named = json.contains("\"name\"") || !json.startsWith("{\"");
    Problem problem = refused(named ? json : "{\"name\": \"a\", " + json.substring(1));
    assertThat(problem.status()).isEqualTo(400);
    assertThat(problem.code()).isEqualTo(code);
    assertThat(problem).hasMessageContaining(detail);
    assertThat(problem.getMessage()).doesNotContain("secret");
  }

  @Test
  void textsAreCountedInCharacters_notInCodeUnits() {
    assertThat(read("{\"name\": \"😀😀😀😀😀\"}").name()).hasSize(10);
    assertThat(refused("{\"name\": \"😀😀😀😀😀😀\"}").code()).isEqualTo("invalid_field");
  }

  @Test
  void invalidUtf8_isRefused() {
    byte[] body = "{\"name\": \"a?\"}".getBytes(StandardCharsets.UTF_8);
    body[11] = (byte) 0xc3;
    assertThatThrownBy(() -> READER.read(body))
        .isInstanceOf(Problem.class)
        .extracting(problem -> ((Problem) problem).code())
        .isEqualTo("not_utf8");
  }

  @ParameterizedTest
  @ValueSource(ints = {33, 1_000, 100_000})
  void depth_isBounded(int depth) {
    String deep = "{\"value\": " + "[".repeat(depth) + "]".repeat(depth) + "}";
    assertThat(refused(deep).code()).isEqualTo("json_too_large");
  }

  @Test
  void aBodyOfAnyShape_mustBeAnObject() {
    BodyReader<ObjectNode> reader = BodyReader.of(ObjectNode.class);
    assertThat(reader.read("{\"a\": [null]}".getBytes(StandardCharsets.UTF_8)).size()).isOne();
    assertThatThrownBy(() -> reader.read("[]".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("must be a JSON object");
  }

  private record UnboundedText(String name) {}

  private record UnboundedList(List<@Text(max = 1) String> names) {}

  private record UnboundedItem(@Items(max = 1) List<String> names) {}

  private record UnboundedName(@Items(max = 1) Map<String, @Text(max = 1) String> names) {}

  private record Deep(Optional<UnboundedText> inner) {}

  private record Unreadable(OptionalInt number) {}

  @ParameterizedTest
  @ValueSource(
      classes = {
        UnboundedText.class,
        UnboundedList.class,
        UnboundedItem.class,
        UnboundedName.class,
        Deep.class,
        Unreadable.class,
        String.class
      })
  void aRecordWithAnUnboundedComponent_hasNoReader(Class<?> type) {
    assertThatThrownBy(() -> BodyReader.of(type)).isInstanceOf(IllegalArgumentException.class);
  }
}
