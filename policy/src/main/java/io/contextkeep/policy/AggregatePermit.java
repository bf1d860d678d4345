package io.contextkeep.policy;

import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Permission to decrypt the named attributes of a population's customers for one statistic, each
 * customer's only as an {@link Eligibility} made for this permit allows. Only {@link PolicyGate}
 * makes permits. A permit is opened once and then closed permanently.
 */
public final class AggregatePermit implements AggregateDecision, AutoCloseable {

  private enum State {
    NEW,
    OPEN,
    CLOSED
  }

  private final String id;
  private final PolicyIdentity policy;
  private final String digest;
  private final String terms;
  private final AggregateQuestion question;
  private final Set<String> attributes;
  private final PolicyEngine engine;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

  /**
   * @param terms see {@link #terms}
   * @param engine the policy that permitted it, which also decides each customer's eligibility
   */
  AggregatePermit(
      String id,
      PolicyIdentity policy,
      String digest,
      String terms,
      AggregateQuestion question,
      PolicyEngine engine) {
    this.id = id;
    this.policy = policy;
    this.digest = digest;
    this.terms = terms;
    this.question = question;
    this.attributes = Set.copyOf(question.attributes().keySet());
    this.engine = engine;
  }

  PolicyEngine engine() {
    return engine;
  }

  /** Opens the permit. Returns true the first time and false afterwards. */
  public boolean open() {
    return state.compareAndSet(State.NEW, State.OPEN);
  }

  public boolean isOpen() {
    return state.get() == State.OPEN;
  }

  /** Closes the permit permanently. */
  @Override
  public void close() {
    state.set(State.CLOSED);
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
    return digest;
  }

  /**
   * Returns the digest of the policy's decision about a fully consenting customer, or "" if no
   * attribute is asked for. Answers under different terms are different answers.
   */
  public String terms() {
    return terms;
  }

  public String purpose() {
    return question.purpose();
  }

  /** Returns the app whose customers are counted. */
  public Question.Caller population() {
    return question.population();
  }

  public Set<String> attributes() {
    return attributes;
  }

  @Override
  public String toString() {
    return "AggregatePermit[" + id + ", " + purpose() + "]";
  }
}
