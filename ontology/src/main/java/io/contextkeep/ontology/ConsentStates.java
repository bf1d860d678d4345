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
   * Returns the result after one more event that is later than all others.
   *
   * @param before the result of the others
   */
  public static Optional<Standing> next(Optional<Standing> before, ConsentEvent event) {
    if (!counts(event, before.map(Standing::latest))) {
      return before;
    }
    long since =
        before
            .filter(standing -> continues(event, standing.latest()))
            .map(Standing::since)
            .orElse(event.id());
    return Optional.of(new Standing(event, event.status().allows() ? since : 0));
  }

  private static boolean continues(ConsentEvent later, ConsentEvent yes) {
    return yes.status().allows()
        && later.at().isBefore(end(yes))
        && (later.explicit() || !yes.explicit());
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

  private static boolean counts(ConsentEvent event, Optional<ConsentEvent> standing) {
    boolean yes = standing.filter(said -> said.status().allows()).isPresent();
    boolean no = standing.filter(said -> said.status().denies()).isPresent();
    boolean ownNo = no && standing.filter(said -> said.by() == Indicator.SUBJECT).isPresent();
    if (ownNo && event.by() != Indicator.SUBJECT) {
      return false;
    }
    return switch (event.status()) {
      case REQUESTED, DEFERRED -> !yes && !no;
      case RENEWED -> yes || standing.filter(e -> e.status() == ConsentStatus.EXPIRED).isPresent();
      case EXPIRED -> yes;
      case GIVEN, UNKNOWN, REFUSED, WITHDRAWN, REVOKED, INVALIDATED -> true;
    };
  }

  private static int rank(ConsentStatus status) {
    return status.allows() ? 0 : status.denies() ? 2 : 1;
  }

  private static Instant end(ConsentEvent event) {
    return Optional.ofNullable(event.expiresAt()).orElse(Instant.MAX);
  }
}
