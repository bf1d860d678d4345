package io.contextkeep.ontology;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The latest-state algorithm, for the events of one customer, purpose and recipient:
 *
 * <ol>
 *   <li>the event with the latest {@code at} counts;
 *   <li>of several at the same instant, one that does not allow beats one that does;
 *   <li>of several still equal, the one taken in last counts;
 *   <li>a grant counts until its expiry, exclusive; from then on the state is {@code EXPIRED}.
 * </ol>
 *
 * <p>The order in which events arrive does not matter, so a late or repeated delivery cannot turn a
 * withdrawn consent on.
 */
public final class ConsentStates {
  private static final Comparator<ConsentEvent> PRECEDENCE =
      Comparator.comparing(ConsentEvent::at)
          .thenComparing(event -> !event.status().allows())
          .thenComparing(ConsentEvent::id);

  private ConsentStates() {}

  /** The event that counts, or empty where nothing was ever said. */
  public static Optional<ConsentEvent> latest(Collection<ConsentEvent> events) {
    return events.stream().max(PRECEDENCE);
  }

  /** The state at that instant. */
  public static ConsentStatus stateAt(Collection<ConsentEvent> events, Instant now) {
    return latest(events.stream().filter(event -> !event.at().isAfter(now)).toList())
        .map(event -> stateAt(event.status(), event.expiresAt(), now))
        .orElse(ConsentStatus.UNKNOWN);
  }

  /** Where a consent stands whose latest event is known: rule 4. */
  public static ConsentStatus stateAt(
      ConsentStatus latest, @Nullable Instant expiresAt, Instant now) {
    boolean expired = latest.allows() && expiresAt != null && !now.isBefore(expiresAt);
    return expired ? ConsentStatus.EXPIRED : latest;
  }
}
