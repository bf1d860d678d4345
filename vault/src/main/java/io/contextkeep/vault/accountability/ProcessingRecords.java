package io.contextkeep.vault.accountability;

import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Urns;
import io.contextkeep.ontology.records.Notice;
import io.contextkeep.ontology.records.Party;
import io.contextkeep.ontology.records.ProcessingActivity;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.vault.accountability.AccountabilityModule.Statistics;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.consent.Notices;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.policy.PastPolicies;
import io.contextkeep.vault.policy.Processing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.Period;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The records of processing (GDPR article 30). They are made from the policy and the registrations,
 * so they always agree with what is done.
 */
final class ProcessingRecords {
  /** The measures that protect every value. */
  private static final List<String> MEASURES =
      List.of(
          "dpv:AccessControlMethod",
          "dpv:ActivityMonitoring",
          "dpv:CryptographicKeyManagement",
          "dpv:EncryptionAtRest",
          "dpv:Pseudonymisation");

  private static final String PRIVATE_STATISTICS = "dpv:DifferentialPrivacy";

  private final Db db;
  private final StateAsOf past;
  private final PastPolicies policies;
  private final Notices notices;
  private final Statistics statistics;

  public ProcessingRecords(
      Db db, StateAsOf past, PastPolicies policies, Notices notices, Statistics statistics) {
    this.db = db;
    this.past = past;
    this.policies = policies;
    this.notices = notices;
    this.statistics = statistics;
  }

  /**
   * The records at an instant.
   *
   * @param policy the policy that they were made from
   * @param consents the number of valid consents, by {@link ProcessingActivity#key}
   */
  public record Records(
      Instant at,
      PolicyIdentity policy,
      SortedMap<String, ProcessingActivity> activities,
      Map<String, Long> consents) {

    public long consents(ProcessingActivity activity) {
      return consents.getOrDefault(activity.key(), 0L);
    }

    /** Returns the difference from earlier records. */
    public Difference since(Records earlier) {
      SortedMap<String, ProcessingActivity> gone = new TreeMap<>(earlier.activities);
      gone.keySet().removeAll(activities.keySet());
      SortedMap<String, ProcessingActivity> came = new TreeMap<>(activities);
      came.keySet().removeAll(earlier.activities.keySet());
      SortedMap<String, List<String>> changed = new TreeMap<>();
      activities.forEach(
          (key, now) -> {
            ProcessingActivity before = earlier.activities.get(key);
            if (before != null && !before.equals(now)) {
              changed.put(key, changes(before, now));
            }
          });
      return new Difference(earlier.at, earlier.policy, came, gone, changed);
    }
  }

  /**
   * @param changed the parts of each record that differ, by its key
   */
  public record Difference(
      Instant since,
      PolicyIdentity policy,
      SortedMap<String, ProcessingActivity> came,
      SortedMap<String, ProcessingActivity> gone,
      SortedMap<String, List<String>> changed) {}

  /** The parts of a record, by the names under which they are shown. */
  private static final Map<String, Function<ProcessingActivity, Object>> PARTS =
      new TreeMap<>(
          Map.of(
              "name", ProcessingActivity::name,
              "basis", ProcessingActivity::basis,
              "categories", ProcessingActivity::categories,
              "retention", ProcessingActivity::retention,
              "controllers", ProcessingActivity::controllers,
              "recipients", ProcessingActivity::recipients,
              "locations", ProcessingActivity::locations,
              "jurisdictions", ProcessingActivity::jurisdictions,
              "notices", ProcessingActivity::notices));

  private static List<String> changes(ProcessingActivity before, ProcessingActivity now) {
    return PARTS.entrySet().stream()
        .filter(part -> !part.getValue().apply(before).equals(part.getValue().apply(now)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Returns the records as of an instant; empty if the policy of that time is unavailable. Valid
   * consents are counted for the present only.
   */
  public Optional<Records> at(Instant at) {
    return db.inRead(c -> at(c, at));
  }

  private Optional<Records> at(Connection c, Instant at) throws SQLException {
    Optional<PastPolicies.Then> then = policies.at(c, at);
    Optional<String> data = then.flatMap(PastPolicies.Then::data);
    if (data.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Processing> processings = Processing.all(data.get());
    List<Notice> told = notices.at(c, at);
    SortedMap<DataCategory, Period> kept = retention(past.attributes(c, at).values());
    SortedSet<String> counted = statistics.populations(c);
    SortedMap<String, ProcessingActivity> activities = new TreeMap<>();
    for (StateAsOf.PastApp app : past.apps(c, at).values()) {
      for (String purpose : app.purposes()) {
        Processing processing = processings.get(purpose);
        if (processing != null) {
          ProcessingActivity activity = activity(app, processing, told, kept, counted);
          activities.put(activity.key(), activity);
        }
      }
    }
    return Optional.of(
        new Records(at, then.get().policy(), activities, ConsentLedger.standing(c, at)));
  }

  private static ProcessingActivity activity(
      StateAsOf.PastApp app,
      Processing processing,
      List<Notice> told,
      SortedMap<DataCategory, Period> kept,
      SortedSet<String> counted) {
    String party = Urns.app(app.id());
    List<Notice> telling =
        told.stream().filter(notice -> notice.covers(processing.purpose(), party)).toList();
    SortedMap<DataCategory, Period> retention = new TreeMap<>(kept);
    retention.keySet().retainAll(processing.categories());
    SortedSet<String> measures = new TreeSet<>(MEASURES);
    if (counted.contains(processing.purpose().curie() + " " + app.id())) {
      measures.add(PRIVATE_STATISTICS);
    }
    return new ProcessingActivity(
        app.id(),
        app.name(),
        processing.purpose(),
        processing.basis(),
        processing.categories(),
        retention,
        telling.stream().map(Notice::controller).distinct().toList(),
        recipients(telling, party),
        all(telling, Notice::locations),
        all(telling, Notice::jurisdictions),
        all(telling, notice -> List.of(notice.reference())),
        measures);
  }

  private static List<Party> recipients(List<Notice> telling, String app) {
    return telling.stream()
        .flatMap(notice -> notice.recipients().stream())
        .filter(recipient -> recipient.id().equals(app))
        .distinct()
        .toList();
  }

  private static SortedSet<String> all(
      List<Notice> notices, Function<Notice, ? extends Collection<String>> part) {
    return notices.stream()
        .flatMap(notice -> part.apply(notice).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the longest retention of each category, so that none is understated. */
  private static SortedMap<DataCategory, Period> retention(
      Collection<StateAsOf.PastAttribute> attributes) {
    SortedMap<DataCategory, Long> days = new TreeMap<>();
    attributes.forEach(a -> days.merge(a.category(), a.retentionDays(), Math::max));
    SortedMap<DataCategory, Period> periods = new TreeMap<>();
    days.forEach((category, most) -> periods.put(category, Period.ofDays(Math.toIntExact(most))));
    return periods;
  }
}
