package io.contextkeep.vault.web;

/**
 * The limits of each caller. Of rates per minute, five minutes' worth may come at once.
 *
 * @param atOnce the most requests of a caller that are answered at once
 * @param refusals the most reads of an app that may be refused beyond those permitted, per minute
 * @param badTokens the most invalid tokens from one address per minute
 * @param changes the most changes of a customer per minute that are not opt-outs
 * @param looks the most views of their own data by a customer per minute
 */
public record LimitSettings(int atOnce, int refusals, int badTokens, int changes, int looks) {
  public static final LimitSettings DEFAULT = new LimitSettings(64, 600, 600, 60, 600);

  private static final int MINUTES_AT_ONCE = 5;

  static RateLimit.Rate rate(int perMinute) {
    return new RateLimit.Rate(perMinute * MINUTES_AT_ONCE, perMinute);
  }
}
