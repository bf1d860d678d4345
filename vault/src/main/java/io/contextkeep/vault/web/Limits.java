package io.contextkeep.vault.web;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.identity.Caller;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The share of each caller in common resources. Opt-outs that change something have no rate limit:
 * a customer can make only as many as they made opt-ins, which have one.
 */
public final class Limits implements Callers {
  /** Routes with requests that cost as much as many others. */
  private static final Set<String> LARGE = Set.of("/v1/context");

  private static final int LARGE_WEIGHT = 8;

  private final int atOnce;
  private final Map<String, Integer> held = new ConcurrentHashMap<>();
  private final RateLimit<String> badTokens;
  private final RateLimit<String> refusals;
  private final RateLimit<SubjectId> changes;
  private final RateLimit<SubjectId> cases;
  private final RateLimit<SubjectId> looks;

  /**
   * @param nanoTime a clock that never steps back
   */
  public Limits(LimitSettings settings, LongSupplier nanoTime) {
    this.atOnce = settings.atOnce();
    this.badTokens =
        new RateLimit<>(
            "bad-tokens",
            "too_many_bad_tokens",
            "Too many invalid tokens came from this address",
            LimitSettings.rate(settings.badTokens()),
            nanoTime);
    this.refusals =
        new RateLimit<>(
            "refusals",
            "too_many_refusals",
            "Too many reads were refused: ask about customers who allow them",
            LimitSettings.rate(settings.refusals()),
            nanoTime);
    this.changes =
        new RateLimit<>(
            "changes",
            "too_many_changes",
            "Too many changes of this customer's choices; opting out is still accepted",
            LimitSettings.rate(settings.changes()),
            nanoTime);
    this.cases =
        new RateLimit<>(
            "requests",
            "too_many_changes",
            "Too many requests of this customer; opting out directly is still accepted",
            LimitSettings.rate(settings.changes()),
            nanoTime);
    this.looks =
        new RateLimit<>(
            "looks",
            "too_many_looks",
            "Too many views of this customer's own data",
            LimitSettings.rate(settings.looks()),
            nanoTime);
  }

  @Override
  public Place known(Caller caller, String route) {
    String key = caller.role().code() + " " + caller.account().orElse(caller.id());
    int weight = LARGE.contains(route) ? Math.min(LARGE_WEIGHT, atOnce) : 1;
    if (held.merge(key, weight, Integer::sum) > atOnce) {
      leave(key, weight);
      throw tooManyAtOnce();
    }
    return () -> leave(key, weight);
  }

  private void leave(String key, int weight) {
    held.computeIfPresent(key, (_, all) -> all > weight ? all - weight : null);
  }

  private Problem tooManyAtOnce() {
    return new Problem(
        429,
        "too_many_at_once",
        "A caller may have at most " + atOnce + " requests at once; send fewer in parallel",
        Map.of(),
        Map.of(
            "Retry-After", "1",
            "RateLimit-Policy", "\"at-once\";q=" + atOnce,
            "RateLimit", "\"at-once\";r=0;t=1"));
  }

  /** Admits a request without a token; these share a quarter of the places. */
  @Override
  public Place unknown(String address, String route) {
    return () -> {};
  }

  /**
   * Counts an invalid token, after it was verified. An address may belong to a whole company or a
   * proxy, and refusing its tokens unverified would let one caller with bad tokens lock out all
   * others. Instead the cost of verification is bounded, by the token's length and the number of
   * requests at once.
   */
  @Override
  public void notAuthenticated(String address) {
    badTokens.take(address);
  }

  /**
   * Checks an app that is about to ask for context.
   *
   * @throws Problem 429 if too many of its recent reads were refused
   */
  public void asking(Caller app) {
    refusals.check(app.id());
  }

  /** Records an app's outcome: permitted reads offset refused ones. */
  public void asked(Caller app, int refused, int disclosed) {
    if (refused > disclosed) {
      refusals.charge(app.id(), refused - disclosed);
    } else if (disclosed > refused) {
      refusals.giveBack(app.id(), disclosed - refused);
    }
  }

  /**
   * Counts a customer's change that is not an opt-out, or that changes nothing.
   *
   * @throws Problem 429 if there are too many
   */
  public void change(SubjectId customer) {
    changes.take(customer);
  }

  /**
   * Counts a customer's view of their own data, of which the log keeps an entry.
   *
   * @throws Problem 429 if there are too many
   */
  public void look(SubjectId customer) {
    looks.take(customer);
  }

  /**
   * Counts a customer's request that becomes a case.
   *
   * @throws Problem 429 if there are too many
   */
  public void openCase(SubjectId customer) {
    cases.take(customer);
  }
}
