package io.contextkeep.ontology.records;

import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.RequestState;
import io.contextkeep.ontology.SubjectId;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A notice, and the consents of Ann, who had read it. */
final class Samples {
  static final SubjectId ANN = new SubjectId(0x1122334455667788L);
  private static final Purpose PURPOSE = Purpose.parse("dpv:ServicePersonalisation").orElseThrow();
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  private Samples() {}

  static Notice notice() {
    TreeSet<DataCategory> categories = new TreeSet<>();
    for (String curie : List.of("pd:EmailAddress", "pd:Health", "pd:Purchase")) {
      categories.add(DataCategory.parse(curie).orElseThrow());
    }
    return new Notice(
        "shop-privacy",
        3,
        new Party(
            "https://shop.example/",
            Party.Role.CONTROLLER,
            "Shop Ltd",
            "1 Market Square, Springfield",
            "privacy@shop.example"),
        List.of(
            new Party(
                "urn:contextkeep:app:shop",
                Party.Role.PROCESSOR,
                "Shop Personaliser GmbH",
                "2 Mill Lane, Springfield",
                "https://personaliser.example/privacy")),
        new TreeSet<>(List.of(PURPOSE)),
        categories,
        List.of("loc:DE", "loc:IE"),
        "P2Y",
        List.of("loc:EU"),
        URI.create("https://shop.example/privacy/consents"),
        List.of(
            new Notice.Text("en", "Your shop, made for you", "We use what you bought."),
            new Notice.Text("de", "Ihr Laden, f\u00fcr Sie", "Wir nutzen, was Sie kauften.")));
  }

  static ConsentReceipt receipt() {
    return new ConsentReceipt(
        5,
        NOON.plusSeconds(61),
        "https://vault.example",
        List.of(
            new Consent(
                Optional.of(notice()),
                List.of(
                    said(17, ConsentStatus.GIVEN, "de-AT", 0, NOON.plusSeconds(86_400)),
                    said(18, ConsentStatus.WITHDRAWN, "en", 60, null)))));
  }

  /** A refusal of all apps, before any app was registered. */
  static ConsentReceipt refusal() {
    ConsentEvent no =
        new ConsentEvent(
            19, ANN, PURPOSE, "*", ConsentStatus.REFUSED, false, "none", "und", "api", NOON, null);
    return new ConsentReceipt(
        6, NOON, "https://vault.example", List.of(new Consent(Optional.empty(), List.of(no))));
  }

  static NoticeReceipt noticeReceipt() {
    return new NoticeReceipt(
        NOON, "https://vault.example", notice(), notice().text(Optional.of("de")).orElseThrow());
  }

  /** An objection to an automated decision, answered late with a justification. */
  static RightsRequest rightsRequest() {
    return new RightsRequest(
        "00112233445566778899aabbccddeeff",
        Optional.of(ANN),
        "eu-gdpr:A22",
        "loc:EU",
        "eu-gdpr.1",
        NOON,
        Instant.parse("2027-02-24T23:00:00Z"),
        List.of(
            step(RequestState.INITIATED, 0, null, null),
            step(RequestState.ACKNOWLEDGED, 0, null, null),
            step(RequestState.ACTION_DELAYED, 60, "eu-gdpr:JustificationA12Complexity", null),
            step(RequestState.ACCEPTED, 120, null, null),
            step(RequestState.FULFILLED, 180, null, 4711L)));
  }

  /** The request of an erased customer. */
  static RightsRequest erasedRequest() {
    return new RightsRequest(
        "ffeeddccbbaa99887766554433221100",
        Optional.empty(),
        "ck:RightToDelete",
        "loc:US-CA",
        "us-ca.1",
        NOON,
        Instant.parse("2027-01-09T08:00:00Z"),
        List.of(
            step(RequestState.INITIATED, 0, null, null),
            step(RequestState.ACKNOWLEDGED, 0, null, null),
            step(RequestState.REJECTED, 60, "ck:NoMatch", null)));
  }

  private static RightsRequest.Step step(
      RequestState state, long second, @Nullable String why, @Nullable Long evidence) {
    return new RightsRequest.Step(
        state, NOON.plusSeconds(second), Optional.ofNullable(why), Optional.ofNullable(evidence));
  }

  private static ConsentEvent said(
      long id, ConsentStatus status, String language, long second, @Nullable Instant expires) {
    return new ConsentEvent(
        id,
        ANN,
        PURPOSE,
        "shop",
        status,
        true,
        "shop-privacy.3",
        language,
        "portal",
        NOON.plusSeconds(second),
        expires);
  }

  /** The first form that is handed out: the rows are deleted, the files not yet cleaned. */
  static ErasureCertificate erasure() {
    return erasure(
        Optional.empty(), Optional.empty(), List.of(told("ck:NotTold", Optional.empty())));
  }

  static ErasureCertificate cleanedErasure() {
    Instant cleaned = Instant.parse("2026-03-01T12:05:00Z");
    return erasure(
        Optional.of(new ErasureCertificate.Cleaned(Instant.parse("2026-03-01T12:04:00Z"), cleaned)),
        Optional.of(
            new ErasureCertificate.Backups(
                "P35D",
                Optional.of(Instant.parse("2026-04-05T12:00:00Z")),
                Optional.of(Instant.parse("2026-04-05T12:05:00Z")))),
        List.of(
            told("ck:Acknowledged", Optional.of("ck:KeptByLaw")),
            new ErasureCertificate.Recipient(
                "crm", "ck:NotNamed", Optional.empty(), Optional.empty(), Optional.empty())));
  }

  private static ErasureCertificate.Recipient told(String state, Optional<String> outcome) {
    Optional<Instant> told = outcome.map(_ -> Instant.parse("2026-03-01T12:01:00Z"));
    return new ErasureCertificate.Recipient(
        "shop", state, told, outcome.map(_ -> Instant.parse("2026-03-02T00:00:00Z")), outcome);
  }

  private static ErasureCertificate erasure(
      Optional<ErasureCertificate.Cleaned> cleaned,
      Optional<ErasureCertificate.Backups> backups,
      List<ErasureCertificate.Recipient> recipients) {
    Instant asked = Instant.parse("2026-03-01T12:00:00Z");
    return new ErasureCertificate(
        "5e".repeat(32),
        "https://vault.example",
        Optional.of(asked),
        Optional.of("a1".repeat(32)),
        Optional.of(asked),
        asked,
        new TreeMap<>(Map.of("value", 3L, "event", 0L, "audit_private", 12L)),
        asked,
        cleaned,
        new ErasureCertificate.Proof(
            "vault.example/audit", 41, "0c".repeat(32), URI.create("/v1/receipts/41")),
        backups,
        cleaned.isPresent(),
        recipients);
  }
}
