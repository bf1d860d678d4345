package io.contextkeep.vault.accountability;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.records.Party;
import io.contextkeep.ontology.records.ProcessingActivity;
import io.contextkeep.vault.accountability.ProcessingRecords.Difference;
import io.contextkeep.vault.accountability.ProcessingRecords.Records;
import io.contextkeep.vault.web.HtmlPage;
import io.contextkeep.vault.web.HtmlPage.Section;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** The records of processing as an HTML page. */
final class ProcessingPage {

  private ProcessingPage() {}

  static String of(Records now, Optional<Difference> difference) {
    List<Section> sections = new ArrayList<>();
    difference.ifPresent(changes -> sections.add(changed(changes)));
    now.activities()
        .values()
        .forEach(activity -> sections.add(record(activity, now.consents(activity))));
    return new HtmlPage(
            "Records of processing activities",
            List.of(
                "GDPR article 30(1). Made at "
                    + now.at()
                    + " of what is registered and of policy "
                    + now.policy().revision()
                    + " (data "
                    + now.policy().dataDigest()
                    + "); no part of it is edited by hand."),
            List.of(),
            () -> sections)
        .text();
  }

  private static Section changed(Difference changes) {
    SequencedMap<String, List<String>> facts = new LinkedHashMap<>();
    facts.put("Came", List.copyOf(changes.came().keySet()));
    facts.put("Went", List.copyOf(changes.gone().keySet()));
    facts.put(
        "Changed",
        changes.changed().entrySet().stream()
            .map(change -> change.getKey() + ": " + String.join(", ", change.getValue()))
            .toList());
    return new Section("What changed since " + changes.since(), "Changes", facts);
  }

  private static Section record(ProcessingActivity activity, long consents) {
    SequencedMap<String, List<String>> facts = new LinkedHashMap<>();
    facts.put("Controllers", parties(activity.controllers()));
    facts.put("Purpose", List.of(activity.purpose().label() + " (" + activity.purpose() + ")"));
    facts.put("Legal basis", bases(activity));
    facts.put("Categories of data subjects", List.of("Customers (dpv:Customer)"));
    facts.put("Categories of personal data", labels(activity.categories()));
    facts.put("Special categories among them", labels(activity.special()));
    facts.put("Recipients", recipients(activity));
    facts.put("Places of storage, by the notices", List.copyOf(activity.locations()));
    facts.put("Jurisdictions", List.copyOf(activity.jurisdictions()));
    facts.put("Time limits for erasure", retention(activity));
    facts.put("Security measures", List.copyOf(activity.measures()));
    facts.put("Notices", List.copyOf(activity.notices()));
    facts.put("Valid consents", List.of(Long.toString(consents)));
    return new Section(
        activity.name() + ": " + activity.purpose().label(),
        "Record of " + activity.app() + " for " + activity.purpose().curie(),
        facts);
  }

  private static List<String> bases(ProcessingActivity activity) {
    String basis = activity.basis().label() + " (" + activity.basis().curie() + ")";
    return activity.special().isEmpty()
        ? List.of(basis)
        : List.of(basis, "explicit consent (" + ProcessingActivity.EXPLICIT + ")");
  }

  private static List<String> recipients(ProcessingActivity activity) {
    return Stream.concat(
            Stream.of("The app " + activity.app()), parties(activity.recipients()).stream())
        .toList();
  }

  private static List<String> labels(Collection<DataCategory> categories) {
    return categories.stream().map(c -> c.label() + " (" + c.curie() + ")").toList();
  }

  /** Returns the time limits of the categories. */
  static List<String> retention(ProcessingActivity activity) {
    return activity.retention().entrySet().stream()
        .map(kept -> kept.getKey().curie() + "=" + kept.getValue())
        .toList();
  }

  /** Returns the parties with address and contact. */
  static List<String> parties(List<Party> parties) {
    return parties.stream()
        .map(p -> p.name() + ", " + p.address() + ", " + p.contact() + " (" + p.role().code() + ")")
        .toList();
  }
}
