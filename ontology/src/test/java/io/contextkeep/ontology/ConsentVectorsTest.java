package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The latest-state algorithm against its published vectors, and its properties for all events. */
final class ConsentVectorsTest {
  private static final Purpose PURPOSE = Purpose.parse("dpv:DirectMarketing").orElseThrow();
  private static final Instant END = Instant.parse("2026-02-01T00:00:00Z");

  @TestFactory
  Stream<DynamicTest> everyVector_inEveryOrderOfArrival() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode vector : vectors()) {
      tests.add(DynamicTest.dynamicTest(vector.path("name").asText(), () -> check(vector)));
    }
    assertThat(tests).hasSizeGreaterThan(35);
    return tests.stream();
  }

  private static void check(JsonNode vector) {
    List<ConsentEvent> events = new ArrayList<>();
    vector.path("events").forEach(event -> events.add(event(event)));
    Instant at = Instant.parse(vector.path("at").asText());
    for (List<ConsentEvent> arrived : orders(events)) {
      assertThat(ConsentStates.stateAt(arrived, at).name())
          .as("%s", vector)
          .isEqualTo(vector.path("state").asText());
    }
  }

  @Test
  void everyStatus_isTheStateOfAtLeastOneVector() throws IOException {
    Set<ConsentStatus> seen = EnumSet.noneOf(ConsentStatus.class);
    vectors().forEach(vector -> seen.add(ConsentStatus.valueOf(vector.path("state").asText())));
    assertThat(seen).containsExactlyInAnyOrder(ConsentStatus.values());
  }

  /** Checks with ten thousand histories that the state does not depend on the order of arrival. */
  @Test
  void noOrderOfArrival_restoresAWithdrawnConsent() {
    Random random = new Random(27560);
    for (int round = 0; round < 10_000; round++) {
      List<ConsentEvent> events = anyHistory(random);
      ConsentStatus expected = ConsentStates.stateAt(events, END);
      List<ConsentEvent> shuffled = new ArrayList<>(events);
      Collections.shuffle(shuffled, random);
      assertThat(ConsentStates.stateAt(arrived(shuffled), END).allows())
          .as("%s", events)
          .isEqualTo(expected.allows());
      assertThat(ConsentStates.stateAt(arrived(shuffled), END).denies())
          .as("%s", events)
          .isEqualTo(expected.denies());
    }
  }

  /** Checks that after the customer's own refusal only the customer can consent again. */
  @Test
  void afterTheCustomersOwnRefusal_othersCannotConsent() {
    Random random = new Random(7);
    for (int round = 0; round < 10_000; round++) {
      List<ConsentEvent> events = new ArrayList<>(anyHistory(random));
      events.add(any(random, ConsentStatus.WITHDRAWN, Indicator.SUBJECT, 8));
      for (int more = random.nextInt(5); more > 0; more--) {
        Indicator other = Indicator.values()[1 + random.nextInt(Indicator.values().length - 1)];
        ConsentStatus status = said(random, other);
        events.add(any(random, status, other, 8 + random.nextInt(5)));
      }
      assertThat(ConsentStates.stateAt(arrived(events), END))
          .isIn(ConsentStatus.WITHDRAWN, ConsentStatus.REFUSED);
    }
  }

  /** Checks that a signal, by anyone and of any time, never allows more. */
  @Test
  void aSignalledRefusal_neverAllowsMore() {
    Random random = new Random(23);
    for (int round = 0; round < 20_000; round++) {
      List<ConsentEvent> events = anyHistory(random);
      List<ConsentEvent> heard = new ArrayList<>(events);
      heard.add(random.nextInt(heard.size() + 1), signalled(random, random.nextInt(8)));
      if (ConsentStates.stateAt(arrived(heard), END).allows()) {
        assertThat(ConsentStates.stateAt(events, END).allows()).as("%s", heard).isTrue();
      }
    }
  }

  /** Checks that the customer's own choice overrides every signalled refusal of an earlier time. */
  @Test
  void theCustomersLaterConsent_overridesSignals_wheneverTheyArrive() {
    Random random = new Random(29);
    for (int round = 0; round < 10_000; round++) {
      List<ConsentEvent> events = new ArrayList<>(anyHistory(random));
      events.add(event(ConsentStatus.GIVEN, Indicator.SUBJECT, false, second(8), null));
      for (int more = random.nextInt(5); more > 0; more--) {
        events.add(random.nextInt(events.size() + 1), signalled(random, random.nextInt(8)));
      }
      assertThat(ConsentStates.stateAt(arrived(events), END)).isEqualTo(ConsentStatus.GIVEN);
    }
  }

  private static ConsentEvent signalled(Random random, long at) {
    return random.nextBoolean()
        ? event(ConsentStatus.REFUSED, Indicator.SUBJECT, false, second(at), null)
        : event(ConsentStatus.REVOKED, Indicator.CONTROLLER, false, second(at), null);
  }

  /** Checks that later events do not change the state at an earlier cut-off. */
  @Test
  void pastStates_areNotChangedByLaterEvents() {
    Random random = new Random(11);
    for (int round = 0; round < 5_000; round++) {
      List<ConsentEvent> events = anyHistory(random);
      Instant then = second(4);
      List<ConsentEvent> known = events.stream().filter(e -> !e.at().isAfter(then)).toList();
      assertThat(ConsentStates.stateAt(events, then)).isEqualTo(ConsentStates.stateAt(known, then));
    }
  }

  private static List<ConsentEvent> anyHistory(Random random) {
    List<ConsentEvent> events = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(6); i++) {
      Indicator by = Indicator.values()[random.nextInt(Indicator.values().length)];
      events.add(any(random, said(random, by), by, random.nextInt(6)));
    }
    return arrived(events);
  }

  private static ConsentStatus said(Random random, Indicator by) {
    List<ConsentStatus> may = Stream.of(ConsentStatus.values()).filter(by::maySay).toList();
    return may.get(random.nextInt(may.size()));
  }

  private static ConsentEvent any(Random random, ConsentStatus status, Indicator by, long at) {
    boolean ends = by == Indicator.GUARDIAN || random.nextInt(4) == 0;
    Instant expires = ends && status.allows() ? second(at + 1 + random.nextInt(20)) : null;
    return event(status, by, random.nextBoolean(), second(at), expires);
  }

  private static ConsentEvent event(JsonNode event) {
    return event(
        ConsentStatus.valueOf(event.path("status").asText()),
        Indicator.valueOf(event.path("by").asText()),
        event.path("explicit").asBoolean(),
        Instant.parse(event.path("at").asText()),
        event.has("expires") ? Instant.parse(event.path("expires").asText()) : null);
  }

  private static ConsentEvent event(
      ConsentStatus status, Indicator by, boolean explicit, Instant at, @Nullable Instant expires) {
    return new ConsentEvent(
        0,
        Examples.ANN,
        PURPOSE,
        "shop",
        status,
        by,
        explicit,
        "shop.1",
        "en",
        "portal",
        at,
        expires);
  }

  /** Numbers the events in the order of arrival. */
  private static List<ConsentEvent> arrived(List<ConsentEvent> events) {
    List<ConsentEvent> numbered = new ArrayList<>();
    for (ConsentEvent event : events) {
      numbered.add(event.withId(numbered.size() + 1));
    }
    return numbered;
  }

  private static List<List<ConsentEvent>> orders(List<ConsentEvent> events) {
    if (events.isEmpty()) {
      return List.of(List.of());
    }
    List<List<ConsentEvent>> orders = new ArrayList<>();
    for (int first = 0; first < events.size(); first++) {
      List<ConsentEvent> rest = new ArrayList<>(events);
      ConsentEvent head = rest.remove(first);
      for (List<ConsentEvent> tail : orders(rest)) {
        List<ConsentEvent> order = new ArrayList<>(List.of(head));
        order.addAll(tail);
        orders.add(arrived(order));
      }
    }
    return orders;
  }

  private static Instant second(long second) {
    return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second);
  }

  private static JsonNode vectors() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            ConsentStates.class.getResourceAsStream("vectors/consent-states.json"))) {
      return new ObjectMapper().readTree(in).path("vectors");
    }
  }
}
