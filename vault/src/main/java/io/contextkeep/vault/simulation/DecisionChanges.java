package io.contextkeep.vault.simulation;

import io.contextkeep.ontology.Coded;
import java.util.List;
import java.util.Locale;

/**
 * Decisions that would flip alike: for one purpose, of one caller, in one way.
 *
 * @param app the app, or what the log calls the caller
 * @param reasons of the refusal that there was or would be
 * @param attribute whose treatment changes, or ""
 * @param before how it was: a treatment, terms, or reasons
 * @param after how it would be
 * @param more whether more would leave than before
 * @param count how many decisions
 * @param entries their indices in the log, the first of them
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

  /** What becomes of a decision. */
  public enum Change implements Coded {
    NEWLY_ALLOWED,
    NEWLY_REFUSED,
    /** An attribute leaves otherwise: clear, masked or not at all. */
    RELEASED_OTHERWISE,
    /**
     * The answer may be kept longer or shorter, be older or younger, or obliges to something else.
     */
    OTHER_TERMS,
    /** Refused still, for other reasons. */
    OTHER_REASONS;

    @Override
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
