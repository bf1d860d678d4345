package io.contextkeep.policy;

/**
 * How a value is made coarser before it leaves. Each mask is for values of one type; any other
 * value is withheld. A mask that the vault does not know is a refusal.
 */
public enum Mask {
  /** The last four characters of a text that is more than twice as long. */
  LAST_FOUR,
  /** The year of a date or an instant. */
  YEAR_ONLY,
  /** The country of a place that says it. */
  COUNTRY_ONLY,
  /** Between which edges a number lies. */
  BUCKET,
  /** The hundred that a number lies in. */
  ROUND_HUNDRED,
  /** What stands for a value of one customer towards one app, and for nobody else. */
  PSEUDONYM,
  /** That there is a value. */
  REDACT
}
