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
 * Permission to decrypt one customer's named attributes once, within seconds. Only {@link
 * PolicyGate} makes permits; {@link #redeem} spends one, and an expired permit decrypts nothing.
 */
public final class Permit implements Decision {

  /** The content of a permit. */
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

  /** Spends the permit. Returns true once, before it expires, and false afterwards. */
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

  /** Returns the attributes that may be released, each with its form. */
  public SortedMap<String, Release> releases() {
    return Collections.unmodifiableSortedMap(terms.releases());
  }

  /** Returns the requested attributes that are withheld, each with a coded reason. */
  public SortedMap<String, String> withheld() {
    return Collections.unmodifiableSortedMap(terms.withheld());
  }

  /** Returns the consent events that the decision depends on. */
  public List<Long> consents() {
    return terms.consents();
  }

  /** Returns how long the receiver may keep the answer. */
  public Duration ttl() {
    return terms.ttl();
  }

  /** Returns the greatest age of a value that may be released. */
  public Duration maxAge() {
    return terms.maxAge();
  }

  public Set<Obligation> obligations() {
    return terms.obligations();
  }

  /** Returns the cap on the events of one answer; empty if there is none. */
  public Optional<Integer> maxEvents() {
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
