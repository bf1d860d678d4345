package io.contextkeep.policy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a decision comes to, apart from whom it is about: it opens nothing, so it can be made of a
 * question that nobody asks. {@link PolicyGate#outcome} makes one.
 *
 * @param basis the legal basis that was looked for, or ""
 * @param reasons of a no; none of a yes
 * @param treatments how each attribute that was asked for leaves; none of a no
 * @param consents the consent events that a yes rests on
 * @param terms what a yes obliges to
 */
public record Outcome(
    PolicyIdentity policy,
    String digest,
    String basis,
    List<String> reasons,
    SortedMap<String, Treatment> treatments,
    List<Long> consents,
    Terms terms) {

  /** How freely an attribute leaves; the first is the least. */
  public enum How {
    WITHHELD,
    MASKED,
    CLEAR
  }

  /**
   * @param code the mask, or the reason why it stays; "" where it leaves as it is
   */
  public record Treatment(How how, String code) {

    /** {@code clear}, {@code masked LAST_FOUR} or {@code withheld TOO_OLD}. */
    public String text() {
      return (how.name().toLowerCase(Locale.ROOT) + " " + code).strip();
    }

    /** Whether more of a value leaves than by the other. Of two masks each may show the more. */
    public boolean showsMoreThan(Treatment other) {
      boolean otherMask =
          how == How.MASKED && other.how == How.MASKED && !code.equals(other.code());
      return otherMask || how.compareTo(other.how()) > 0;
    }
  }

  /** How long the answer may be kept, how old a value may be, and what else its receiver must. */
  public record Terms(long ttlSeconds, long maxAgeDays, SortedSet<String> obligations, Caps caps) {

    /** In codes and numbers, such as {@code ttl=3600 max-age=730 NO_ONWARD_TRANSFER}. */
    public String text() {
      return ("ttl="
              + ttlSeconds
              + " max-age="
              + maxAgeDays
              + cap(" events=", caps.events())
              + cap(" reads-per-hour=", caps.readsPerHour())
              + " "
              + String.join(" ", obligations))
          .strip();
    }

    /** Whether they ask less of the receiver than the others, in anything. */
    public boolean laxerThan(Terms other) {
      return ttlSeconds > other.ttlSeconds
          || maxAgeDays > other.maxAgeDays
          || !obligations.containsAll(other.obligations)
          || exceeds(caps.events(), other.caps.events())
          || exceeds(caps.readsPerHour(), other.caps.readsPerHour());
    }

    private static String cap(String name, Optional<Integer> most) {
      return most.map(number -> name + number).orElse("");
    }

    /** What has no cap exceeds every cap. */
    private static boolean exceeds(Optional<Integer> mine, Optional<Integer> other) {
      return mine.orElse(Integer.MAX_VALUE) > other.orElse(Integer.MAX_VALUE);
    }
  }

  static Outcome of(Decision decision) {
    return switch (decision) {
      case Refusal no -> of(no, no.reasons(), new TreeMap<>(), List.of(), NOTHING);
      case Permit yes -> of(yes, List.of(), treatments(yes), yes.consents(), terms(yes));
    };
  }

  private static final Terms NOTHING = new Terms(0, 0, new TreeSet<>(), Caps.NONE);

  private static Outcome of(
      Decision decision,
      List<String> reasons,
      SortedMap<String, Treatment> treatments,
      List<Long> consents,
      Terms terms) {
    return new Outcome(
        decision.policy(),
        decision.digest(),
        decision.basis(),
        reasons,
        treatments,
        consents,
        terms);
  }

  private static SortedMap<String, Treatment> treatments(Permit permit) {
    SortedMap<String, Treatment> all = new TreeMap<>();
    permit.releases().forEach((name, release) -> all.put(name, treatment(release)));
    permit.withheld().forEach((name, why) -> all.put(name, new Treatment(How.WITHHELD, why)));
    return all;
  }

  private static Treatment treatment(Release release) {
    return switch (release) {
      case Release.Clear _ -> new Treatment(How.CLEAR, "");
      case Release.Masked masked -> new Treatment(How.MASKED, code(masked));
    };
  }

  /** Other edges are another mask. */
  private static String code(Release.Masked masked) {
    String edges = masked.edges().stream().map(String::valueOf).collect(Collectors.joining(","));
    return (masked.mask() + " " + edges).strip();
  }

  private static Terms terms(Permit permit) {
    TreeSet<String> obligations = new TreeSet<>();
    permit.obligations().forEach(obligation -> obligations.add(obligation.name()));
    return new Terms(
        permit.ttl().toSeconds(), permit.maxAge().toDays(), obligations, permit.caps());
  }

  public boolean allows() {
    return reasons.isEmpty();
  }

  /** Whether anything leaves by this that does not by the other, or under laxer terms. */
  public boolean allowsMoreThan(Outcome other) {
    if (!allows() || !other.allows()) {
      return allows() && !other.allows();
    }
    return terms.laxerThan(other.terms())
        || treatments.entrySet().stream()
            .anyMatch(mine -> other.showsLess(mine.getKey(), mine.getValue()));
  }

  private boolean showsLess(String attribute, Treatment than) {
    Treatment mine = treatments.get(attribute);
    return mine == null ? than.how() != How.WITHHELD : than.showsMoreThan(mine);
  }
}
