package io.contextkeep.vault.rights;

import io.contextkeep.ontology.DataRight;
import io.contextkeep.ontology.RequestState;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rules of a law about requests: the rights, the time to answer, and the reasons to extend or
 * refuse.
 *
 * @param version the version of the rules; a case follows the version that it was opened under
 * @param jurisdiction a place of DPV, such as {@code loc:EU}
 * @param calendar the days by which the law counts
 * @param keep how long a closed case stays in the register
 * @param delay the reasons to extend a request
 * @param action the reasons to ask the customer for something
 * @param refuse the reasons to refuse any request
 */
record RulePack(
    String id,
    int version,
    String name,
    String jurisdiction,
    LegalCalendar calendar,
    Period keep,
    Map<Right, Rule> rights,
    Set<String> delay,
    Set<String> action,
    Set<String> refuse) {

  /** The reason of a request for a right that follows from no processing. */
  public static final String NO_PROCESSING = "ck:FollowsFromNoProcessing";

  /** The reason of a request for a right that the law does not have. */
  public static final String NO_SUCH_RIGHT = "ck:NotARightThere";

  /** The reason of a request whose customer was erased before the answer. */
  static final String ERASED = "ck:AskerErased";

  /**
   * The rule about one right.
   *
   * @param term the name of the right in the law: DPV's term, or one of the vault's
   * @param confirm the time to confirm the receipt
   * @param answer the time to answer
   * @param extension the time by which the answer may be delayed, once
   * @param refuse more reasons to refuse, for this right alone
   */
  public record Rule(
      String term,
      Optional<Period> confirm,
      Period answer,
      Optional<Period> extension,
      Set<String> refuse) {

    /** Returns the right of the GDPR; DPV relates only these to legal bases. */
    public Optional<DataRight> dataRight() {
      return DataRight.parse(term);
    }
  }

  /** Returns the id and version, by which cases name the rules. */
  public String reference() {
    return id + "." + version;
  }

  /** Returns the rule about a right; about an unknown right, what holds for every request. */
  public Rule rule(Right right) {
    Rule known = rights.get(right);
    return known == null ? ofUnknownRight() : known;
  }

  private Rule ofUnknownRight() {
    Period shortest =
        rights.values().stream()
            .map(Rule::answer)
            .min((a, b) -> due(a, Instant.EPOCH).compareTo(due(b, Instant.EPOCH)))
            .orElseThrow();
    return new Rule("ck:RightUnknown", Optional.empty(), shortest, Optional.empty(), Set.of());
  }

  public boolean has(Right right) {
    return rights.containsKey(right);
  }

  /** Returns the end of a period. */
  Instant due(Period period, Instant from) {
    return period.after(from, calendar);
  }

  /**
   * Returns the reasons for a step to that state, of which it needs one; empty where it needs none.
   */
  public Set<String> reasons(Right right, RequestState state) {
    return switch (state) {
      case ACTION_DELAYED -> delay;
      case REQUIRES_ACTION -> action;
      case REJECTED, UNFULFILLED -> {
        TreeSet<String> all = new TreeSet<>(refuse);
        all.addAll(rule(right).refuse());
        yield all;
      }
      default -> Set.of();
    };
  }
}
