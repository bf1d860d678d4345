package io.contextkeep.policy;

/**
 * How a value is made coarser before it leaves. A mask that the vault does not know is a refusal.
 */
public enum Mask {
  LAST_FOUR,
  YEAR_ONLY,
  COUNTRY_ONLY,
  ROUND_HUNDRED,
  REDACT
}
