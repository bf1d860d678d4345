package io.contextkeep.policy;

/**
 * A way to make a value coarser before it is released. Each mask applies to values of one type; any
 * other value is withheld. An unknown mask leads to a refusal.
 */
public enum Mask {
  /** Shows the last four characters of a text with more than eight. */
  LAST_FOUR,
  /** Shows the year of a date or an instant. */
  YEAR_ONLY,
  /** Shows the country of a place. */
  COUNTRY_ONLY,
  /** Shows the two edges that a number lies between. */
  BUCKET,
  /** Shows the hundred that a number lies in. */
  ROUND_HUNDRED,
  /** Shows a pseudonym of the value that only this app gets for this customer. */
  PSEUDONYM,
  /** Shows only that a value exists. */
  REDACT
}
