package io.contextkeep.vault.simulation;

import io.contextkeep.ontology.Coded;
import java.util.List;

/**
 * Decisions that change alike: for one purpose, of one caller, in one way.
 *
 * @param app the app, or the caller's name in the log
 * @param reasons the reasons of the refusal, before or after
 * @param attribute the attribute whose treatment changes, or ""
 * @param before the treatment, terms or reasons before
 * @param after the treatment, terms or reasons after
 * @param more whether more would be released
 * @param count the number of decisions
 * @param entries the indices of the first entries in the log
 */
record DecisionChanges(
    Change change,
    String app,
    String purpose,
    List<String> reasons,
    String attribute,
    String before,
    String after,
    boolean more,
    long count,
    List<Long> entries) {

  /** The kinds of changes. */
  public enum Change implements Coded {
    NEWLY_ALLOWED,
    NEWLY_REFUSED,
    /** The treatment of an attribute changes: clear, masked or withheld. */
    RELEASED_OTHERWISE,
    /** Retention, the greatest age of values, obligations or caps differ. */
    OTHER_TERMS,
    /** The question is still refused, for other reasons. */
    OTHER_REASONS
  }
}
