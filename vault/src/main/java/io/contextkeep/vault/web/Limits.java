package io.contextkeep.vault.web;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.identity.Caller;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What one caller may take of what all callers share. An opt-out that changes something is never
 * limited by how often it comes: a customer can make only as many of these as they have made of the
 * changes that are.
 */
public final class Limits implements Callers {
  /** Where one request is as much work as many. */
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
            "Too many tokens from this address do not count",
            LimitSettings.rate(settings.badTokens()),
            nanoTime);
    this.refusals =
        new RateLimit<>(
            "refusals",
            "too_many_refusals",
            "Too many questions are refused: ask about customers who allow it",
            LimitSettings.rate(settings.refusals()),
            nanoTime);
    this.changes =
        new RateLimit<>(
            "changes",
            "too_many_changes",
            "So many changes of one customer's choices are not taken; opting out is",
            LimitSettings.rate(settings.changes()),
            nanoTime);
    this.cases =
        new RateLimit<>(
            "requests",
            "too_many_changes",
            "So many requests of one customer are not taken at once; opting out by itself is",
            LimitSettings.rate(settings.changes()),
            nanoTime);
    this.looks =
        new RateLimit<>(
            "looks",
            "too_many_looks",
            "One customer does not look at what is held of them so often",
            LimitSettings.rate(settings.looks()),
            nanoTime);
  }

  @Override
  public Place known(Caller caller, String route) {
    String who = caller.role().code() + " " + caller.account().orElse(caller.id());
    int weight = LARGE.contains(route) ? Math.min(LARGE_WEIGHT, atOnce) : 1;
    if (held.merge(who, weight, Integer::sum) > atOnce) {
      leave(who, weight);
      throw tooManyAtOnce();
    }
    return () -> leave(who, weight);
  }

  private void leave(String who, int weight) {
    held.computeIfPresent(who, (_, all) -> all > weight ? all - weight : null);
  }

  private Problem tooManyAtOnce() {
    return new Problem(
        429,
        "too_many_at_once",
        "One caller has at most " + atOnce + " requests answered at once; send fewer together",
        Map.of(),
        Map.of(
            "Retry-After", "1",
            "RateLimit-Policy", "\"at-once\";q=" + atOnce,
            "RateLimit", "\"at-once\";r=0;t=1"));
  }

  /** Who has no token is one of all who have none; these share what places they have. */
  @Override
  public Place unknown(String address, String route) {
    return () -> {};
  }

  /**
   * A token that does not count was sent. It is counted after it was verified, however many were
   * sent before: behind one address there may be a whole company or a proxy, and a good token shows
   * only when it is verified. To refuse unverified would let one caller with bad tokens lock out
   * all who share the address; what a verification costs is bounded instead, by the token's length
   * and the requests that are answered at once.
   */
  @Override
  public void notAuthenticated(String address) {
    badTokens.take(address);
  }

  /**
   * An app is about to ask for context.
   *
   * @throws Problem 429 where too much of what it asked lately was refused
   */
  public void asking(Caller app) {
    refusals.check(app.id());
  }

  /** What an app asked was answered and recorded: what it was given makes up for refusals. */
  public void asked(Caller app, int refused, int disclosed) {
    if (refused > disclosed) {
      refusals.charge(app.id(), refused - disclosed);
    } else if (disclosed > refused) {
      refusals.giveBack(app.id(), disclosed - refused);
    }
  }

  /**
   * A customer changes something of theirs that is no opt-out, or says again what stands already.
   *
   * @throws Problem 429 where it is too many
   */
  public void change(SubjectId customer) {
    changes.take(customer);
  }

  /**
   * A customer looks at what is held of them, of which the log keeps an entry.
   *
   * @throws Problem 429 where it is too often
   */
  public void look(SubjectId customer) {
    looks.take(customer);
  }

  /**
   * A customer makes a request that is followed as a case.
   *
   * @throws Problem 429 where it is too many
   */
  public void openCase(SubjectId customer) {
    cases.take(customer);
  }
}
