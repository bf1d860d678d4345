package io.contextkeep.vault.rights;

import io.contextkeep.ontology.DataRight;
import io.contextkeep.ontology.RequestState;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a law says of requests: which rights there are, how long an answer may take and why one may
 * be put off or refused.
 *
 * @param version a changed pack is a new version: a case goes on by the one it was made under
 * @param jurisdiction a place of DPV's, such as {@code loc:EU}
 * @param calendar the days by which it counts
 * @param keep how long a closed case stays in the register
 * @param delay the codes with which a request may be put off
 * @param action those with which something more may be asked of whoever made it
 * @param refuse those with which any request may be refused
 */
public record RulePack(
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

  /** A right follows from no processing that is done. */
  public static final String NO_PROCESSING = "ck:FollowsFromNoProcessing";

  /** The law of that place does not have the right. */
  public static final String NO_SUCH_RIGHT = "ck:NotARightThere";

  /** Whoever asked was erased before it was answered. */
  static final String ERASED = "ck:AskerErased";

  /**
   * What it says of one right.
   *
   * @param term what the law's own right is called: DPV's term, or one of the vault's
   * @param confirm until when it must be said that the request has come
   * @param answer until when it must be answered
   * @param extension by how much that may be put off, once
   * @param refuse the codes with which a request for this right alone may be refused
   */
  public record Rule(
      String term,
      Optional<Period> confirm,
      Period answer,
      Optional<Period> extension,
      Set<String> refuse) {

    /** The right of the GDPR's that it is; only of these does DPV say from what they follow. */
    public Optional<DataRight> dataRight() {
      return DataRight.parse(term);
    }
  }

  /** How cases name it: its id and version. */
  public String reference() {
    return id + "." + version;
  }

  /** What it says of the right; of one that it does not have, what it says of every request. */
  public Rule rule(Right right) {
    Rule known = rights.get(right);
    return known == null ? ofNone() : known;
  }

  private Rule ofNone() {
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

  /** The end of a period that begins now. */
  Instant due(Period period, Instant from) {
    return period.after(from, calendar);
  }

  /** The codes that must go with a change to that state, one of them; none where none is asked. */
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
