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
 * Disclosed context, for as long as it may be kept. Every requested attribute is in exactly one of
 * {@code values} and {@code withheld}. Its text form has names, never values.
 *
 * <p>It enforces the receiver's obligations as far as code can: when its time is over it discards
 * the values, and it gives none to an app that has not declared ({@link
 * VaultSettings.Builder#keeping}) that it keeps the obligations.
 */
public final class Disclosed implements Answer {
  /** The time for using an answer that may not be kept. */
  private static final Duration MOMENT = Duration.ofSeconds(30);

  /** The client's handling of answers. */
  record Handling(InstantSource clock, Set<Obligation> kept) {}

  /** The vault's decision, without the values. */
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

  /** Returns the legal basis of the decision, a term of DPV's GDPR vocabulary. */
  public String basis() {
    return terms.basis();
  }

  /** Returns the reasons of withheld attributes, as codes such as {@code NOT_AVAILABLE}. */
  public Map<String, String> withheld() {
    return terms.withheld();
  }

  /** Returns the reasons for incomplete events, as codes such as {@code EVENT_CAP}. */
  public Map<String, String> cut() {
    return terms.cut();
  }

  /** Returns the time of the request by the local clock; the decision is not older. */
  public Instant asked() {
    return terms.asked();
  }

  /** Returns how long it may be kept; zero means to use it now and keep nothing. */
  public Duration keepFor() {
    return terms.keepFor();
  }

  /** Returns the time by which it must be deleted. */
  public Instant keepUntil() {
    return asked().plus(keepFor());
  }

  /** Returns the receiver's obligations. */
  public Set<Obligation> obligations() {
    return terms.obligations();
  }

  public Receipt receipt() {
    return terms.receipt();
  }

  /**
   * Returns whether it may still be used. Once false, it stays false. A clock before the time of
   * the request was set back, which also makes it false.
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
   * Returns all values by attribute.
   *
   * @throws KeptTooLong if its time is over
   * @throws IllegalStateException if the app has not declared that it keeps the obligations
   */
  public Map<String, Content> values() {
    Map<String, Content> held = values;
    Set<Obligation> unkept = new TreeSet<>(obligations());
    unkept.removeAll(handling.kept());
    if (!unkept.isEmpty()) {
      throw new IllegalStateException(
          "The answer has the obligations "
              + unkept
              + ": if this app keeps them, declare that with VaultSettings.Builder.keeping()");
    }
    if (!isFresh()) {
      throw new KeptTooLong();
    }
    return held;
  }

  /**
   * Returns the single value of an attribute; empty if it is withheld.
   *
   * @throws IllegalArgumentException if it was not requested, or is a list of events
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
   * Returns the events of an attribute; empty if it is withheld.
   *
   * @throws IllegalArgumentException if it was not requested, or is a single value
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
        + ", with the obligations "
        + obligations()
        + ", "
        + receipt()
        + "]";
  }
}
