package io.contextkeep.vault.accountability;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.records.Party;
import io.contextkeep.ontology.records.ProcessingActivity;
import io.contextkeep.ontology.records.RecordsOfProcessing;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.vault.accountability.ProcessingRecords.Difference;
import io.contextkeep.vault.accountability.ProcessingRecords.Records;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.web.Accept;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Csv;
import io.contextkeep.vault.web.HtmlPage;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import io.contextkeep.vault.web.Times;
import io.vertx.core.http.HttpMethod;
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
import java.util.SortedMap;
import org.apache.commons.csv.CSVPrinter;

/** The records of processing (GDPR article 30), for people, for spreadsheets and for machines. */
final class ProcessingRecordsApi implements Routes.Api {
  private static final List<String> TYPES =
      List.of(Media.JSON, HtmlPage.TYPE, Media.CSV, Media.TURTLE, Media.JSON_LD);

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
        .as(Role.AUDITOR)
        .on(
            HttpMethod.GET,
            "/v1/audit/processing-records",
            Media.NO_BODY.giving(TYPES),
            this::processingRecords);
  }

  Answer processingRecords(Request request) {
    request.onlyQuery("since");
    String type = Accept.choose(request.header("Accept"), TYPES);
    Optional<Instant> since =
        request.query("since").map(text -> Times.parse("The parameter 'since'", text));
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
      default -> Answer.ok(json(now, difference));
    };
  }

  /** Another machine decides, or the policy of then is gone. */
  private static Problem notAtHand() {
    return new Problem(
        409,
        "policy_not_at_hand",
        "The policy of that time is not at hand, so what it let be done cannot be told");
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

  private static ObjectNode json(Records now, Optional<Difference> difference) {
    ObjectNode body = Json.MAPPER.createObjectNode().put("at", now.at().toString());
    policy(body.putObject("policy"), now.policy());
    ArrayNode all = body.putArray("records");
    now.activities().values().forEach(activity -> all.add(json(activity, now.consents(activity))));
    difference.ifPresent(changes -> json(body.putObject("difference"), changes));
    return body;
  }

  private static void policy(ObjectNode node, PolicyIdentity policy) {
    node.put("revision", policy.revision())
        .put("policyDigest", policy.codeDigest())
        .put("dataDigest", policy.dataDigest());
  }

  private static ObjectNode json(ProcessingActivity activity, long consents) {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("app", activity.app())
            .put("name", activity.name())
            .put("purpose", activity.purpose().curie())
            .put("label", activity.purpose().label())
            .put("basis", activity.basis().curie())
            .put("basisLabel", activity.basis().label());
    Json.put(node, "dataSubjects", List.of("dpv:Customer"));
    Json.put(node, "categories", curies(activity.categories()));
    if (!activity.special().isEmpty()) {
      Json.put(node, "special", curies(activity.special()));
      node.put("specialBasis", ProcessingActivity.EXPLICIT);
    }
    ObjectNode retention = node.putObject("retention");
    activity
        .retention()
        .forEach((category, time) -> retention.put(category.curie(), time.toString()));
    parties(node.putArray("controllers"), activity.controllers());
    parties(node.putArray("recipients"), activity.recipients());
    Json.put(node, "locations", activity.locations());
    Json.put(node, "jurisdictions", activity.jurisdictions());
    Json.put(node, "notices", activity.notices());
    Json.put(node, "measures", activity.measures());
    return node.put("consents", consents);
  }

  private static void parties(ArrayNode array, List<Party> parties) {
    for (Party party : parties) {
      array
          .addObject()
          .put("id", party.id())
          .put("role", party.role().code())
          .put("name", party.name())
          .put("address", party.address())
          .put("contact", party.contact());
    }
  }

  private static List<String> curies(Collection<DataCategory> categories) {
    return categories.stream().map(DataCategory::curie).toList();
  }

  private static void json(ObjectNode node, Difference changes) {
    node.put("since", changes.since().toString());
    policy(node.putObject("policy"), changes.policy());
    activities(node.putArray("came"), changes.came());
    activities(node.putArray("gone"), changes.gone());
    ArrayNode changed = node.putArray("changed");
    changes
        .changed()
        .forEach((key, parts) -> Json.put(named(changed.addObject(), key), "parts", parts));
  }

  private static void activities(ArrayNode array, SortedMap<String, ProcessingActivity> those) {
    those.keySet().forEach(key -> named(array.addObject(), key));
  }

  private static ObjectNode named(ObjectNode node, String key) {
    int space = key.indexOf(' ');
    return node.put("app", key.substring(0, space)).put("purpose", key.substring(space + 1));
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
