package io.contextkeep.vault.simulation;

import io.contextkeep.policy.Outcome;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.Question;
import io.contextkeep.vault.simulation.DecisionChanges.Change;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A count of changed decisions, grouped by what changes. */
final class Tally {
  /** The most entries that a group names. */
  private static final int MAX_ENTRIES = 100;

  private static final Outcome.Treatment ABSENT = new Outcome.Treatment(Outcome.How.WITHHELD, "");

  private record Key(
      Change change,
      String app,
      String purpose,
      List<String> reasons,
      String attribute,
      String before,
      String after,
      boolean more) {}

  private static final class Group {
    private long count;
    private final List<Long> entries = new ArrayList<>();
  }

  private final Map<Key, Group> groups = new LinkedHashMap<>();
  private final SortedMap<MissingReason, Long> missing = new TreeMap<>();
  private long decisions;
  private long unchanged;

  void missing(MissingReason why) {
    decisions++;
    missing.merge(why, 1L, Long::sum);
  }

  /** Counts a hypothetical question that the policy did not decide. */
  void undecided() {
    missing.merge(MissingReason.UNDECIDED, 1L, Long::sum);
  }

  /** Adds a recorded decision. */
  void add(Found.Recorded decision, Outcome before, Outcome after) {
    add(decision.question(), OptionalLong.of(decision.entry().index()), before, after);
  }

  /** Adds a hypothetical question. */
  void add(Question question, Outcome before, Outcome after) {
    add(question, OptionalLong.empty(), before, after);
  }

  private void add(Question question, OptionalLong entry, Outcome before, Outcome after) {
    decisions++;
    String app = question.caller().id();
    String purpose = question.purpose();
    if (before.allows() && after.allows()) {
      released(entry, app, purpose, before, after);
    } else if (before.allows()) {
      count(entry, key(Change.NEWLY_REFUSED, app, purpose, after.reasons(), false));
    } else if (after.allows()) {
      count(entry, key(Change.NEWLY_ALLOWED, app, purpose, before.reasons(), true));
    } else if (before.reasons().equals(after.reasons())) {
      unchanged++;
    } else {
      String was = String.join(" ", before.reasons());
      String would = String.join(" ", after.reasons());
      count(
          entry,
          new Key(Change.OTHER_REASONS, app, purpose, after.reasons(), "", was, would, false));
    }
  }

  private void released(
      OptionalLong entry, String app, String purpose, Outcome before, Outcome after) {
    List<Key> changes = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(before.treatments().keySet());
    names.addAll(after.treatments().keySet());
    for (String name : names) {
      Outcome.Treatment was = before.treatments().getOrDefault(name, ABSENT);
      Outcome.Treatment would = after.treatments().getOrDefault(name, ABSENT);
      if (!was.equals(would)) {
        changes.add(
            new Key(
                Change.RELEASED_OTHERWISE,
                app,
                purpose,
                List.of(),
                name,
                was.text(),
                would.text(),
                would.showsMoreThan(was)));
      }
    }
    if (!before.terms().equals(after.terms())) {
      changes.add(
          new Key(
              Change.OTHER_TERMS,
              app,
              purpose,
              List.of(),
              "",
              before.terms().text(),
              after.terms().text(),
              after.terms().laxerThan(before.terms())));
    }
    unchanged += changes.isEmpty() ? 1 : 0;
    changes.forEach(change -> count(entry, change));
  }

  private static Key key(
      Change change, String app, String purpose, List<String> reasons, boolean more) {
    return new Key(change, app, purpose, reasons, "", "", "", more);
  }

  private void count(OptionalLong entry, Key key) {
    Group group = groups.computeIfAbsent(key, _ -> new Group());
    group.count++;
    if (group.entries.size() < MAX_ENTRIES) {
      entry.ifPresent(group.entries::add);
    }
  }

  /** Returns the groups; those that release more first, then the most frequent. */
  List<DecisionChanges> flips() {
    return groups.entrySet().stream()
        .map(group -> flips(group.getKey(), group.getValue()))
        .sorted(
            Comparator.comparing(DecisionChanges::more)
                .thenComparingLong(DecisionChanges::count)
                .reversed()
                .thenComparing(DecisionChanges::change))
        .toList();
  }

  Replayed result(
      PolicyIdentity inForce, PolicyIdentity candidate, List<DecisionChanges> supposed) {
    return new Replayed(inForce, candidate, decisions, unchanged, missing, flips(), supposed);
  }

  private static DecisionChanges flips(Key key, Group group) {
    return new DecisionChanges(
        key.change(),
        key.app(),
        key.purpose(),
        key.reasons(),
        key.attribute(),
        key.before(),
        key.after(),
        key.more(),
        group.count,
        List.copyOf(group.entries));
  }
}
