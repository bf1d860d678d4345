package io.contextkeep.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The context that this purpose may have. Every attribute that was asked for is in exactly one of
 * {@code values} and {@code withheld}. It prints names, never values.
 *
 * @param basis the legal basis that the decision rests on, a term of DPV's GDPR vocabulary
 * @param withheld why an attribute is not there, as a code such as {@code NOT_AVAILABLE}
 * @param asked when the question went out, by this side's clock: the decision was not made earlier
 * @param keepFor how long it may be kept; zero: use it now and keep nothing
 * @param obligations what the receiver is bound to
 */
public record Disclosed(
    Purpose purpose,
    String basis,
    Map<String, Content> values,
    Map<String, String> withheld,
    Instant asked,
    Duration keepFor,
    Set<Obligation> obligations,
    Receipt receipt)
    implements Answer {

  public Disclosed {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    withheld = Collections.unmodifiableMap(new TreeMap<>(withheld));
    obligations = Set.copyOf(obligations);
  }

  /** From when on it must be gone. */
  public Instant keepUntil() {
    return asked.plus(keepFor);
  }

  /**
   * Whether it may still be used. A clock that shows a time before the question was asked was set
   * back, and proves nothing: no.
   */
  public boolean isFresh(InstantSource clock) {
    Instant now = clock.instant();
    return !now.isBefore(asked) && now.isBefore(keepUntil());
  }

  /**
   * The one value of that attribute; empty when it is withheld.
   *
   * @throws IllegalArgumentException if it was not asked for, or is a list of events
   */
  public Optional<Observation> value(String attribute) {
    return content(attribute)
        .map(
            content ->
                switch (content) {
                  case Content.Value(Observation only) -> only;
                  case Content.Events _ ->
                      throw new IllegalArgumentException(attribute + " is a list of events");
                });
  }

  /**
   * The events of that attribute; none when it is withheld.
   *
   * @throws IllegalArgumentException if it was not asked for, or is a single value
   */
  public List<Observation> events(String attribute) {
    return content(attribute)
        .map(
            content ->
                switch (content) {
                  case Content.Events(List<Observation> all) -> all;
                  case Content.Value _ ->
                      throw new IllegalArgumentException(attribute + " is a single value");
                })
        .orElse(List.of());
  }

  private Optional<Content> content(String attribute) {
    if (!values.containsKey(attribute) && !withheld.containsKey(attribute)) {
      throw new IllegalArgumentException(attribute + " was not asked for");
    }
    return Optional.ofNullable(values.get(attribute));
  }

  @Override
  public String toString() {
    return "Disclosed["
        + values.keySet()
        + " redacted, withheld "
        + withheld
        + ", "
        + receipt
        + "]";
  }
}
