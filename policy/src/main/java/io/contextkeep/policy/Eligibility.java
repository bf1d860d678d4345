package io.contextkeep.policy;

import java.time.Duration;
import java.util.Set;

/**
 * Which attributes of customers in one situation may be counted under one permit: those that the
 * population's app itself could have had in clear. {@link PolicyGate} alone makes one.
 */
public final class Eligibility {
  private final AggregatePermit permit;
  private final Set<String> attributes;
  private final boolean permitted;
  private final Duration maxAge;

  Eligibility(AggregatePermit permit, Set<String> attributes, boolean permitted, Duration maxAge) {
    this.permit = permit;
    this.attributes = Set.copyOf(attributes);
    this.permitted = permitted;
    this.maxAge = maxAge;
  }

  public boolean isFor(AggregatePermit other) {
    return permit == other;
  }

  /** None where a customer does not take part. */
  public Set<String> attributes() {
    return attributes;
  }

  /** How old a value may be to count. */
  public Duration maxAge() {
    return maxAge;
  }

  /** Whether every attribute of the statistic may be counted: half a customer is none. */
  public boolean takesPart() {
    return permitted && attributes.equals(permit.attributes());
  }

  @Override
  public String toString() {
    return "Eligibility" + attributes;
  }
}
