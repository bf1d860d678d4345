package io.contextkeep.vault.accountability;

import static io.vertx.core.http.HttpMethod.GET;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.records.ProcessingActivity;
import io.contextkeep.ontology.records.RecordsOfProcessing;
import io.contextkeep.vault.accountability.ProcessingRecords.Difference;
import io.contextkeep.vault.accountability.ProcessingRecords.Records;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Csv;
import io.contextkeep.vault.web.HtmlPage;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.csv.CSVPrinter;

/** The API of the records of processing (GDPR article 30). */
final class ProcessingRecordsApi implements Routes.Api {
  private static final String[] COLUMNS = {
    "app",
    "name",
    "purpose",
    "purposeLabel",
    "basis",
    "basisLabel",
    "dataSubjects",
    "categories",
    "specialCategories",
    "specialBasis",
    "retention",
    "controllers",
    "recipients",
    "locations",
    "jurisdictions",
    "notices",
    "measures",
    "consents",
    "policy",
    "dataDigest",
    "since"
  };

  private final ProcessingRecords records;
  private final AuditorAccessLog looks;
  private final InstantSource clock;

  ProcessingRecordsApi(ProcessingRecords records, AuditorAccessLog looks, InstantSource clock) {
    this.records = records;
    this.looks = looks;
    this.clock = clock;
  }

  @Override
  public void mount(Routes routes) {
    routes
        .route(GET, "/v1/audit/processing-records")
        .as(Role.AUDITOR)
        .query("since")
        .giving(Media.JSON, HtmlPage.TYPE, Media.CSV, Media.TURTLE, Media.JSON_LD)
        .handle(this::processingRecords);
  }

  private Answer processingRecords(Request request) {
    String type = request.type();
    Optional<Instant> since = request.instant("since");
    if (since.isPresent() && (type.equals(Media.TURTLE) || type.equals(Media.JSON_LD))) {
      throw Problem.badRequest(
          "invalid_parameter", "The parameter 'since' goes with JSON, HTML and CSV");
    }
    looks.record(request, "processing-records");
    Records now = records.at(clock.instant()).orElseThrow(ProcessingRecordsApi::notAtHand);
    Optional<Difference> difference =
        since.map(at -> now.since(records.at(at).orElseThrow(ProcessingRecordsApi::notAtHand)));
    return switch (type) {
      case HtmlPage.TYPE ->
          Answer.text(Media.sent(HtmlPage.TYPE), ProcessingPage.of(now, difference))
              .with(Map.of("Content-Security-Policy", HtmlPage.POLICY));
      case Media.CSV -> Answer.text(Media.sent(Media.CSV), csv(now, difference));
      case Media.TURTLE -> rdf(now, type);
      case Media.JSON_LD -> rdf(now, type);
      default -> Answer.ok(ProcessingAnswer.of(now, difference));
    };
  }

  /** Returns the problem if an OPA server decides, or the policy of that time is gone. */
  private static Problem notAtHand() {
    return new Problem(
        409,
        "policy_not_at_hand",
        "The policy of that time is unavailable, so its records cannot be made");
  }

  private static Answer rdf(Records now, String type) {
    RecordsOfProcessing document = new RecordsOfProcessing(now.at(), now.policy().revision());
    now.activities().values().forEach(activity -> document.with(activity, now.consents(activity)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (type.equals(Media.TURTLE)) {
      document.turtle(out);
    } else {
      document.jsonLd(out);
    }
    return new Answer(200, Media.sent(type), out.toByteArray());
  }

  private static List<String> curies(Collection<DataCategory> categories) {
    return categories.stream().map(DataCategory::curie).toList();
  }

  private static String csv(Records now, Optional<Difference> difference) {
    StringBuilder text = new StringBuilder();
    try {
      CSVPrinter csv = Csv.to(text, COLUMNS);
      for (ProcessingActivity activity : now.activities().values()) {
        Map<String, String> cells = cells(activity, now);
        difference.ifPresent(changes -> cells.put("since", change(changes, activity.key())));
        Csv.row(csv, COLUMNS, cells);
      }
      if (difference.isPresent()) {
        for (ProcessingActivity gone : difference.get().gone().values()) {
          Csv.row(
              csv,
              COLUMNS,
              Map.of("app", gone.app(), "purpose", gone.purpose().curie(), "since", "gone"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static String change(Difference changes, String key) {
    if (changes.came().containsKey(key)) {
      return "came";
    }
    List<String> parts = changes.changed().getOrDefault(key, List.of());
    return parts.isEmpty() ? "same" : "changed: " + String.join(" ", parts);
  }

  private static Map<String, String> cells(ProcessingActivity activity, Records now) {
    Map<String, String> cells = new LinkedHashMap<>();
    cells.put("app", activity.app());
    cells.put("name", activity.name());
    cells.put("purpose", activity.purpose().curie());
    cells.put("purposeLabel", activity.purpose().label());
    cells.put("basis", activity.basis().curie());
    cells.put("basisLabel", activity.basis().label());
    cells.put("dataSubjects", "dpv:Customer");
    cells.put("categories", String.join(" ", curies(activity.categories())));
    if (!activity.special().isEmpty()) {
      cells.put("specialCategories", String.join(" ", curies(activity.special())));
      cells.put("specialBasis", ProcessingActivity.EXPLICIT);
    }
    cells.put("retention", String.join(" ", ProcessingPage.retention(activity)));
    cells.put("controllers", String.join("; ", ProcessingPage.parties(activity.controllers())));
    cells.put("recipients", String.join("; ", ProcessingPage.parties(activity.recipients())));
    cells.put("locations", String.join(" ", activity.locations()));
    cells.put("jurisdictions", String.join(" ", activity.jurisdictions()));
    cells.put("notices", String.join(" ", activity.notices()));
    cells.put("measures", String.join(" ", activity.measures()));
    cells.put("consents", Long.toString(now.consents(activity)));
    cells.put("policy", now.policy().revision());
    cells.put("dataDigest", now.policy().dataDigest());
    return cells;
  }
}
