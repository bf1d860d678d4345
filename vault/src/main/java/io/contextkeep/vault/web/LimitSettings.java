package io.contextkeep.vault.web;

/**
 * How much of the vault one caller may take up. Of what is limited by the minute, five minutes'
 * worth may come at once.
 *
 * @param atOnce how many requests of one caller are answered at once
 * @param refusals how many more questions of an app may be refused than answered a minute
 * @param badTokens how many tokens from one address may not count a minute
 * @param changes how many changes that are no opt-outs a customer may make a minute
 * @param looks how often a customer may look at what is held of them a minute
 */
public record LimitSettings(int atOnce, int refusals, int badTokens, int changes, int looks) {
  public static final LimitSettings DEFAULT = new LimitSettings(64, 600, 600, 60, 600);

  private static final int MINUTES_AT_ONCE = 5;

  static RateLimit.Rate rate(int perMinute) {
    return new RateLimit.Rate(perMinute * MINUTES_AT_ONCE, perMinute);
  }
}
