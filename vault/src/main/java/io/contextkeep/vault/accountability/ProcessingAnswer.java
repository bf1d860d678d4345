package io.contextkeep.vault.accountability;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.records.Party;
import io.contextkeep.ontology.records.ProcessingActivity;
import io.contextkeep.vault.accountability.ProcessingRecords.Difference;
import io.contextkeep.vault.accountability.ProcessingRecords.Records;
import io.contextkeep.vault.policy.PolicyVersion;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The records of processing as JSON. */
record ProcessingAnswer(
    Instant at, PolicyVersion policy, List<Entry> records, Optional<Changes> difference) {

  /**
   * @param special the special categories among the categories
   * @param consents the number of valid consents
   */
  private record Entry(
      String app,
      String name,
      Purpose purpose,
      String label,
      String basis,
      String basisLabel,
      List<String> dataSubjects,
      Collection<DataCategory> categories,
      Optional<List<DataCategory>> special,
      Optional<String> specialBasis,
      Map<String, String> retention,
      List<PartyView> controllers,
      List<PartyView> recipients,
      Collection<String> locations,
      Collection<String> jurisdictions,
      Collection<String> notices,
      Collection<String> measures,
      long consents) {

    static Entry of(ProcessingActivity activity, long consents) {
      Optional<List<DataCategory>> special =
          Optional.of(activity.special()).filter(categories -> !categories.isEmpty());
      Map<String, String> retention = new LinkedHashMap<>();
      activity
          .retention()
          .forEach((category, time) -> retention.put(category.curie(), time.toString()));
      return new Entry(
          activity.app(),
          activity.name(),
          activity.purpose(),
          activity.purpose().label(),
          activity.basis().curie(),
          activity.basis().label(),
          List.of("dpv:Customer"),
          activity.categories(),
          special,
          special.map(_ -> ProcessingActivity.EXPLICIT),
          retention,
          activity.controllers().stream().map(PartyView::of).toList(),
          activity.recipients().stream().map(PartyView::of).toList(),
          activity.locations(),
          activity.jurisdictions(),
          activity.notices(),
          activity.measures(),
          consents);
    }
  }

  private record PartyView(
      String id, Party.Role role, String name, String address, String contact) {
    static PartyView of(Party party) {
      return new PartyView(
          party.id(), party.role(), party.name(), party.address(), party.contact());
    }
  }

  private record Changes(
      Instant since,
      PolicyVersion policy,
      List<Named> came,
      List<Named> gone,
      List<Changed> changed) {

    static Changes of(Difference changes) {
      return new Changes(
          changes.since(),
          PolicyVersion.of(changes.policy()),
          changes.came().values().stream().map(Named::of).toList(),
          changes.gone().values().stream().map(Named::of).toList(),
          changes.changed().entrySet().stream()
              .map(change -> Changed.of(change.getKey(), change.getValue()))
              .toList());
    }
  }

  private record Named(String app, String purpose) {
    static Named of(ProcessingActivity activity) {
      return new Named(activity.app(), activity.purpose().curie());
    }
  }

  /**
   * @param parts the names of the parts that differ
   */
  private record Changed(String app, String purpose, List<String> parts) {
    static Changed of(String key, List<String> parts) {
      int space = key.indexOf(' ');
      return new Changed(key.substring(0, space), key.substring(space + 1), parts);
    }
  }

  static ProcessingAnswer of(Records now, Optional<Difference> difference) {
    return new ProcessingAnswer(
        now.at(),
        PolicyVersion.of(now.policy()),
        now.activities().values().stream()
            .map(activity -> Entry.of(activity, now.consents(activity)))
            .toList(),
        difference.map(Changes::of));
  }
}
