package io.contextkeep.policy;

import java.time.Duration;
import java.util.Set;

/**
 * The attributes of customers in one situation that may be counted under one permit: those that the
 * population's own app could read in clear. Only {@link PolicyGate} makes one.
 */
public final class Eligibility {
  private final AggregatePermit permit;
  private final Set<String> attributes;
  private final boolean takesPart;
  private final Duration maxAge;

  Eligibility(AggregatePermit permit, Set<String> attributes, boolean permitted, Duration maxAge) {
    this.permit = permit;
    this.attributes = Set.copyOf(attributes);
    this.takesPart = permitted && this.attributes.equals(permit.attributes());
    this.maxAge = maxAge;
  }

  public boolean isFor(AggregatePermit other) {
    return permit == other;
  }

  /** Returns the attributes; none if a customer does not take part. */
  public Set<String> attributes() {
    return attributes;
  }

  /** Returns the greatest age of a value that counts. */
  public Duration maxAge() {
    return maxAge;
  }

  /** Returns whether every attribute of the statistic may be counted. */
  public boolean takesPart() {
    return takesPart;
  }

  @Override
  public String toString() {
    return "Eligibility" + attributes;
  }
}
