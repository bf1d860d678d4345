package io.contextkeep.policy;

import io.contextkeep.ontology.SubjectId;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to open one customer's named attributes once, soon. {@link PolicyGate} alone makes one,
 * and {@link #redeem} spends it: a permit kept for later opens nothing.
 */
public final class Permit implements Decision {

  /** What the policy allowed, apart from whose it is. */
  record Terms(
      String digest,
      String basis,
      SortedMap<String, Release> releases,
      SortedMap<String, String> withheld,
      List<Long> consents,
      Duration ttl,
      Duration maxAge,
      Set<Obligation> obligations,
      Caps caps) {}

  private final String id;
  private final PolicyIdentity policy;
  private final SubjectId subject;
  private final Question.Caller caller;
  private final String purpose;
  private final Terms terms;
  private final long validUntilNanos;
  private final AtomicBoolean spent = new AtomicBoolean();

  Permit(
      String id,
      PolicyIdentity policy,
      SubjectId subject,
      Question.Caller caller,
      String purpose,
      Terms terms,
      Duration validFor) {
    this.id = id;
    this.policy = policy;
    this.subject = subject;
    this.caller = caller;
    this.purpose = purpose;
    this.terms = terms;
    this.validUntilNanos = System.nanoTime() + validFor.toNanos();
  }

  /** Spends the permit. True once, while it is fresh; false for ever after. */
  public boolean redeem() {
    return System.nanoTime() - validUntilNanos < 0 && spent.compareAndSet(false, true);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public PolicyIdentity policy() {
    return policy;
  }

  @Override
  public String digest() {
    return terms.digest();
  }

  @Override
  public String basis() {
    return terms.basis();
  }

  public SubjectId subject() {
    return subject;
  }

  public String callerId() {
    return caller.id();
  }

  public String purpose() {
    return purpose;
  }

  /** The attributes that may leave, each with how. */
  public SortedMap<String, Release> releases() {
    return Collections.unmodifiableSortedMap(terms.releases());
  }

  /** The attributes that were asked for and may not leave, each with a coded reason. */
  public SortedMap<String, String> withheld() {
    return Collections.unmodifiableSortedMap(terms.withheld());
  }

  /** The consent events that the decision rests on. */
  public List<Long> consents() {
    return terms.consents();
  }

  /** How long the receiver may keep the answer. */
  public Duration ttl() {
    return terms.ttl();
  }

  /** How old a value may be to be shown: older ones of an allowed attribute stay sealed. */
  public Duration maxAge() {
    return terms.maxAge();
  }

  public Set<Obligation> obligations() {
    return terms.obligations();
  }

  /** How many events of one answer may leave, the newest ones; empty where any number may. */
  public Optional<Integer> mostEvents() {
    return terms.caps().events();
  }

  Caps caps() {
    return terms.caps();
  }

  @Override
  public String toString() {
    return "Permit[" + id + ", " + purpose + ", " + terms.releases().keySet() + "]";
  }
}
