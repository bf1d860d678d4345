package io.contextkeep.vault.accountability;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.records.Party;
import io.contextkeep.ontology.records.ProcessingActivity;
import io.contextkeep.vault.accountability.ProcessingRecords.Difference;
import io.contextkeep.vault.accountability.ProcessingRecords.Records;
import io.contextkeep.vault.web.Html;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The records of processing as an HTML page. */
final class ProcessingPage {

  private ProcessingPage() {}

  static String of(Records now, Optional<Difference> difference) {
    Html page =
        new Html("Records of processing activities")
            .paragraph(
                "GDPR article 30(1). Made at "
                    + now.at()
                    + " of what is registered and of policy "
                    + now.policy().revision()
                    + " (data "
                    + now.policy().dataDigest()
                    + "); nothing in it is typed by hand.");
    difference.ifPresent(changes -> changed(page, changes));
    now.activities().values().forEach(activity -> record(page, activity, now.consents(activity)));
    return page.end();
  }

  private static void changed(Html page, Difference changes) {
    page.section("What changed since " + changes.since()).facts("Changes");
    page.fact("Came", List.copyOf(changes.came().keySet()));
    page.fact("Went", List.copyOf(changes.gone().keySet()));
    page.fact(
        "Changed",
        changes.changed().entrySet().stream()
            .map(change -> change.getKey() + ": " + String.join(", ", change.getValue()))
            .toList());
    page.endFacts().endSection();
  }

  private static void record(Html page, ProcessingActivity activity, long consents) {
    page.section(activity.name() + ": " + activity.purpose().label())
        .facts("Record of " + activity.app() + " for " + activity.purpose().curie())
        .fact("Controllers", parties(activity.controllers()))
        .fact("Purpose", List.of(activity.purpose().label() + " (" + activity.purpose() + ")"))
        .fact("Legal basis", bases(activity))
        .fact("Categories of data subjects", List.of("Customers (dpv:Customer)"))
        .fact("Categories of personal data", labels(activity.categories()))
        .fact("Special categories among them", labels(activity.special()))
        .fact("Recipients", recipients(activity))
        .fact("Where it is kept, by the notices", List.copyOf(activity.locations()))
        .fact("Jurisdictions", List.copyOf(activity.jurisdictions()))
        .fact("Time limits for erasure", retention(activity))
        .fact("Security measures", List.copyOf(activity.measures()))
        .fact("Notices", List.copyOf(activity.notices()))
        .fact("Consents that stand", List.of(Long.toString(consents)))
        .endFacts()
        .endSection();
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
