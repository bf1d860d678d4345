package io.contextkeep.ontology;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Consents and batches for tests. */
final class Examples {
  static final SubjectId ANN = new SubjectId(0x1122334455667788L);
  static final SubjectId BOB = new SubjectId(0x0a0b0c0d0e0f0102L);

  private Examples() {}

  static ConsentEvent given(long id, SubjectId subject) {
    return consent(id, subject, "shop", ConsentStatus.GIVEN, false, null);
  }

  static ConsentEvent consent(
      long id,
      SubjectId subject,
      String recipient,
      ConsentStatus status,
      boolean explicit,
      @Nullable Instant expires) {
    return new ConsentEvent(
        id,
        subject,
        Purpose.parse("dpv:ServicePersonalisation").orElseThrow(),
        recipient,
        status,
        explicit,
        "v1",
        "en-GB",
        "portal",
        Instant.parse("2026-11-24T12:00:00.500Z"),
        expires);
  }

  static AccessHour hour() {
    Purpose purpose = Purpose.parse("dpv:ServicePersonalisation").orElseThrow();
    return new AccessHour(
        Instant.parse("2026-11-24T12:00:00Z"),
        Instant.parse("2026-11-24T13:00:00Z"),
        7,
        19,
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        List.of(
            new AccessHour.Access(
                "shop",
                Optional.of(purpose),
                LegalBasis.parse("eu-gdpr:A6-1-a"),
                "2026-11-24.1",
                true,
                9),
            new AccessHour.Access(
                "shop", Optional.empty(), Optional.empty(), "Ann's policy", false, 2)));
  }

  static StatisticRelease release() {
    return new StatisticRelease(
        3,
        Purpose.parse("dpv:ServicePersonalisation").orElseThrow(),
        "shop",
        500,
        0,
        40,
        490_000,
        Instant.parse("2026-11-24T12:00:00Z"));
  }

  static IngestBatch batch(long seq) {
    TreeMap<DataCategory, Integer> kept = new TreeMap<>();
    Map.of("pd:EmailAddress", 2, "pd:Purchase", 40)
        .forEach((curie, count) -> kept.put(DataCategory.parse(curie).orElseThrow(), count));
    return new IngestBatch(
        seq,
        "20567b87-1111-4222-8333-%012d".formatted(seq),
        "crm",
        Instant.parse("2026-11-24T12:00:00Z"),
        Instant.parse("2026-11-24T12:00:01Z"),
        kept);
  }
}
