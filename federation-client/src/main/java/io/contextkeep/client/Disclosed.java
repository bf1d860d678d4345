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
import java.util.TreeSet;

/**
 * The context that this purpose may have, for as long as it may be had. Every attribute that was
 * asked for is in exactly one of {@code values} and {@code withheld}. It prints names, never
 * values.
 *
 * <p>It keeps to what the vault obliges its receiver to as far as code can: when its time is over
 * it forgets the values and gives them to nobody any more, and it gives none at all to an app that
 * has not said ({@link VaultSettings#keeping}) that it keeps the obligations.
 */
public final class Disclosed implements Answer {
  /** For an answer that may not be kept at all: it is used now. */
  private static final Duration MOMENT = Duration.ofSeconds(30);

  /** What holds of the answers of one client. */
  record Handling(InstantSource clock, Set<Obligation> kept) {}

  /** What the vault decided, apart from the values. */
  record Terms(
      Purpose purpose,
      String basis,
      Map<String, String> withheld,
      Map<String, String> cut,
      Instant asked,
      Duration keepFor,
      Set<Obligation> obligations,
      Receipt receipt) {
    Terms {
      withheld = Collections.unmodifiableMap(new TreeMap<>(withheld));
      cut = Collections.unmodifiableMap(new TreeMap<>(cut));
      obligations = Collections.unmodifiableSet(new TreeSet<>(obligations));
    }
  }

  private final Terms terms;
  private final Handling handling;
  private final Set<String> names;
  private volatile Map<String, Content> values;
  private volatile boolean over;

  Disclosed(Terms terms, Map<String, Content> values, Handling handling) {
    this.terms = terms;
    this.handling = handling;
    this.names = Collections.unmodifiableSet(new TreeSet<>(values.keySet()));
    this.values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  public Purpose purpose() {
    return terms.purpose();
  }

  /** The legal basis that the decision rests on, a term of DPV's GDPR vocabulary. */
  public String basis() {
    return terms.basis();
  }

  /** Why an attribute is not there, as a code such as {@code NOT_AVAILABLE}. */
  public Map<String, String> withheld() {
    return terms.withheld();
  }

  /** Why not all of an attribute's events are there, as a code such as {@code EVENT_CAP}. */
  public Map<String, String> cut() {
    return terms.cut();
  }

  /** When the question went out, by this side's clock: the decision was not made earlier. */
  public Instant asked() {
    return terms.asked();
  }

  /** How long it may be kept; zero: use it now and keep nothing. */
  public Duration keepFor() {
    return terms.keepFor();
  }

  /** From when on it must be gone. */
  public Instant keepUntil() {
    return asked().plus(keepFor());
  }

  /** What the receiver is bound to. */
  public Set<Obligation> obligations() {
    return terms.obligations();
  }

  public Receipt receipt() {
    return terms.receipt();
  }

  /**
   * Whether it may still be used; once not, never again. A clock that shows a time before the
   * question was asked was set back, and proves nothing: no.
   */
  public boolean isFresh() {
    Instant now = handling.clock().instant();
    Duration usable = keepFor().isZero() ? MOMENT : keepFor();
    if (now.isBefore(asked()) || !now.isBefore(asked().plus(usable))) {
      over = true;
      values = Map.of();
    }
    return !over;
  }

  /**
   * All values by attribute.
   *
   * @throws KeptTooLong if it may not be used any more
   * @throws IllegalStateException if the app has not said that it keeps the obligations
   */
  public Map<String, Content> values() {
    Map<String, Content> held = values;
    Set<Obligation> unkept = new TreeSet<>(obligations());
    unkept.removeAll(handling.kept());
    if (!unkept.isEmpty()) {
      throw new IllegalStateException(
          "The answer obliges to "
              + unkept
              + ": say so with VaultSettings.keeping, if this app keeps to it");
    }
    if (!isFresh()) {
      throw new KeptTooLong();
    }
    return held;
  }

  /**
   * The one value of that attribute; empty when it is withheld.
   *
   * @throws IllegalArgumentException if it was not asked for, or is a list of events
   * @throws KeptTooLong as {@link #values} does
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
   * @throws KeptTooLong as {@link #values} does
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
    if (!names.contains(attribute) && !withheld().containsKey(attribute)) {
      throw new IllegalArgumentException(attribute + " was not asked for");
    }
    return Optional.ofNullable(values().get(attribute));
  }

  @Override
  public String toString() {
    return "Disclosed["
        + names
        + " redacted, withheld "
        + withheld()
        + ", until "
        + keepUntil()
        + ", obliged to "
        + obligations()
        + ", "
        + receipt()
        + "]";
  }
}
