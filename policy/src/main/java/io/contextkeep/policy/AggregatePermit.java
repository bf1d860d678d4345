package io.contextkeep.policy;

import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The right to open the named attributes of a population's customers for one statistic: of each
 * customer only where an {@link Eligibility} made for this permit says so. {@link PolicyGate} alone
 * makes one; it is opened once and closed for ever.
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
  private final PolicyEngine engine;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

  /**
   * @param terms what {@link #terms} gives
   * @param engine the policy that permitted it, which also decides whose attributes it opens
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
    this.engine = engine;
  }

  PolicyEngine engine() {
    return engine;
  }

  /** Begins the one use of it. True once; false for ever after. */
  public boolean open() {
    return state.compareAndSet(State.NEW, State.OPEN);
  }

  public boolean isOpen() {
    return state.get() == State.OPEN;
  }

  /** Ends the use of it. */
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
   * The digest of what the policy gives about the most willing customer, or "" where no attribute
   * is asked about: under other terms an answer is another one.
   */
  public String terms() {
    return terms;
  }

  public String purpose() {
    return question.purpose();
  }

  /** The app whose customers it is about. */
  public Question.Caller population() {
    return question.population();
  }

  public Set<String> attributes() {
    return Set.copyOf(question.attributes().keySet());
  }

  @Override
  public String toString() {
    return "AggregatePermit[" + id + ", " + purpose() + "]";
  }
}
