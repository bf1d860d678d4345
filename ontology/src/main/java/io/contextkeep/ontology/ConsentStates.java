package io.contextkeep.ontology;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The latest-state algorithm, for the events of one customer, purpose and recipient. The events are
 * sorted, and each either counts or is skipped; the last one that counts is the state.
 *
 * <p>The order is by the instant of the event. At one instant, consents come before other events,
 * and those before refusals, so that a refusal counts; of two consents, the one that lasts longer
 * or allows more comes first. The time of receipt does not matter.
 *
 * <p>Skipped are:
 *
 * <ol>
 *   <li>events by others after the customer's own refusal, which remains until the customer makes
 *       another choice;
 *   <li>a request for consent, or its deferral, after an answer, since a repeated request is not an
 *       answer;
 *   <li>a renewal without a consent to renew, expired or not;
 *   <li>an expiry of a state that is not a consent.
 * </ol>
 *
 * <p>A consent is valid until its expiry, exclusive; from then on the state is {@code EXPIRED}. A
 * guardian's consent always has an expiry, when the child comes of age.
 */
public final class ConsentStates {
  private static final Comparator<ConsentEvent> ORDER =
      Comparator.comparing(ConsentEvent::at)
          .thenComparing(event -> rank(event.status()))
          .thenComparing(event -> !event.explicit())
          .thenComparing(ConsentStates::end, Comparator.reverseOrder())
          .thenComparing(ConsentEvent::status)
          .thenComparing(ConsentEvent::by)
          .thenComparing(ConsentEvent::id);

  /** The methods of signals that state their own time. */
  private static final String DATED = "tcf";

  private ConsentStates() {}

  /**
   * The result of the algorithm.
   *
   * @param latest the event that counted last
   * @param since the number of the event with which the consent began that is valid, or was valid
   *     until it expired. A renewal or another consent in time continues the first; after a
   *     refusal, a gap or a consent that allows less a new one begins. It is 0 if the latest event
   *     is not a consent
   */
  public record Standing(ConsentEvent latest, long since) {}

  /** Returns the event that counts; empty if there is none. */
  public static Optional<ConsentEvent> latest(Collection<ConsentEvent> events) {
    return standing(events).map(Standing::latest);
  }

  /** Returns the result for events in any order; empty if none counts. */
  public static Optional<Standing> standing(Collection<ConsentEvent> events) {
    Optional<Standing> standing = Optional.empty();
    for (ConsentEvent event : events.stream().sorted(ORDER).toList()) {
      standing = next(standing, event);
    }
    return standing;
  }

  /**
   * What of a result decides whether and how a later event changes it.
   *
   * @param own whether the customer said the latest event
   * @param since as in {@link Standing}
   */
  public record Held(
      ConsentStatus status,
      boolean own,
      boolean explicit,
      @Nullable Instant expiresAt,
      long since) {
    public static Held of(Standing standing) {
      ConsentEvent latest = standing.latest();
      return new Held(
          latest.status(),
          latest.by() == Indicator.SUBJECT,
          latest.explicit(),
          latest.expiresAt(),
          standing.since());
    }

    private boolean isContinuedBy(ConsentEvent yes) {
      return status.allows() && yes.at().isBefore(end(expiresAt)) && (yes.explicit() || !explicit);
    }
  }

  /**
   * Returns the result after one more event that is later than all others.
   *
   * @param before the result of the others
   */
  public static Optional<Standing> next(Optional<Standing> before, ConsentEvent event) {
    return changed(before.map(Held::of), event).or(() -> before);
  }

  /**
   * Returns the result after one more event that is later than all others; empty if the event is
   * skipped, which leaves the result as it was.
   *
   * @param before the result of the others
   */
  public static Optional<Standing> changed(Optional<Held> before, ConsentEvent event) {
    if (!counts(event, before)) {
      return Optional.empty();
    }
    if (!event.status().allows()) {
      return Optional.of(new Standing(event, 0));
    }
    long since =
        before.filter(held -> held.isContinuedBy(event)).map(Held::since).orElse(event.id());
    return Optional.of(new Standing(event, since));
  }

  /**
   * Returns whether it is a refusal that the customer's own later consent overrides, also consent
   * to a narrower purpose: a refusal in a TC string, which states its own time and may be passed on
   * for years.
   */
  public static boolean yields(ConsentEvent event) {
    return event.status().denies() && event.method().equals(DATED);
  }

  /** Returns whether it is a refusal that the consent overrides, although it covers its purpose. */
  public static boolean yieldsTo(ConsentEvent no, ConsentEvent yes) {
    return yields(no) && yes.status().allows() && no.at().isBefore(yes.at());
  }

  /** Returns the state at an instant. */
  public static ConsentStatus stateAt(Collection<ConsentEvent> events, Instant now) {
    List<ConsentEvent> said = events.stream().filter(event -> !event.at().isAfter(now)).toList();
    return latest(said)
        .map(event -> stateAt(event.status(), event.expiresAt(), now))
        .orElse(ConsentStatus.UNKNOWN);
  }

  /** Returns the state at an instant by the latest event, which may have expired. */
  public static ConsentStatus stateAt(
      ConsentStatus latest, @Nullable Instant expiresAt, Instant now) {
    boolean expired = latest.allows() && expiresAt != null && !now.isBefore(expiresAt);
    return expired ? ConsentStatus.EXPIRED : latest;
  }

  private static boolean counts(ConsentEvent event, Optional<Held> held) {
    boolean yes = held.filter(said -> said.status().allows()).isPresent();
    boolean no = held.filter(said -> said.status().denies()).isPresent();
    if (no && held.filter(Held::own).isPresent() && event.by() != Indicator.SUBJECT) {
      return false;
    }
    return switch (event.status()) {
      case REQUESTED, DEFERRED -> !yes && !no;
      case RENEWED -> yes || held.filter(e -> e.status() == ConsentStatus.EXPIRED).isPresent();
      case EXPIRED -> yes;
      case GIVEN, UNKNOWN, REFUSED, WITHDRAWN, REVOKED, INVALIDATED -> true;
    };
  }

  private static int rank(ConsentStatus status) {
    return status.allows() ? 0 : status.denies() ? 2 : 1;
  }

  private static Instant end(ConsentEvent event) {
    return end(event.expiresAt());
  }

  private static Instant end(@Nullable Instant expiresAt) {
    return expiresAt == null ? Instant.MAX : expiresAt;
  }
}
