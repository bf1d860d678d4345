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
 * The content of a decision without the right to decrypt anything, so that it can be computed for
 * hypothetical questions. {@link PolicyGate#outcome} makes one.
 *
 * @param basis the legal basis that was required, or ""
 * @param reasons the reasons of a refusal; none for a permit
 * @param treatments the treatment of each requested attribute; none for a refusal
 * @param consents the consent events that a permit depends on
 * @param terms the terms of a permit
 */
public record Outcome(
    PolicyIdentity policy,
    String digest,
    String basis,
    List<String> reasons,
    SortedMap<String, Treatment> treatments,
    List<Long> consents,
    Terms terms) {

  /** The ways to treat an attribute, from the most to the least restrictive. */
  public enum How {
    WITHHELD,
    MASKED,
    CLEAR
  }

  /**
   * The treatment of one attribute.
   *
   * @param code the mask, or the reason why it is withheld; "" if it is clear
   */
  public record Treatment(How how, String code) {

    /** Returns {@code clear}, {@code masked LAST_FOUR} or {@code withheld TOO_OLD}. */
    public String text() {
      return (how.name().toLowerCase(Locale.ROOT) + " " + code).strip();
    }

    /** Returns whether it may show more of a value. Of two masks, each may. */
    public boolean showsMoreThan(Treatment other) {
      boolean otherMask =
          how == How.MASKED && other.how == How.MASKED && !code.equals(other.code());
      return otherMask || how.compareTo(other.how()) > 0;
    }
  }

  /** The terms of an answer: retention, greatest age of values, obligations and caps. */
  public record Terms(long ttlSeconds, long maxAgeDays, SortedSet<String> obligations, Caps caps) {

    /** Returns them as text, such as {@code ttl=3600 max-age=730 NO_ONWARD_TRANSFER}. */
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

    /** Returns whether they demand less of the receiver in any respect. */
    public boolean laxerThan(Terms other) {
      return ttlSeconds > other.ttlSeconds
          || maxAgeDays > other.maxAgeDays
          || !obligations.containsAll(other.obligations)
          || exceeds(caps.events(), other.caps.events())
          || exceeds(caps.readsPerHour(), other.caps.readsPerHour());
    }

    private static String cap(String name, Optional<Integer> max) {
      return max.map(number -> name + number).orElse("");
    }

    /** Compares two caps; an absent one is unlimited. */
    private static boolean exceeds(Optional<Integer> mine, Optional<Integer> other) {
      return mine.orElse(Integer.MAX_VALUE) > other.orElse(Integer.MAX_VALUE);
    }
  }

  static Outcome of(Decision decision) {
    return switch (decision) {
      case Refusal refusal -> of(refusal, refusal.reasons(), new TreeMap<>(), List.of(), NOTHING);
      case Permit permit ->
          of(permit, List.of(), treatments(permit), permit.consents(), terms(permit));
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

  /** Returns the code of a mask with its edges, as other edges make another mask. */
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

  /** Returns whether it releases anything that the other does not, or on laxer terms. */
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
