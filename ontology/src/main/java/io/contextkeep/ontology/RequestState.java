package io.contextkeep.ontology;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The states of requests to exercise rights, by DPV ({@code dpv:RequestStatus}). DPV 2.3 does not
 * define their order, so this does.
 */
public enum RequestState implements Coded {
  INITIATED("dpv:RequestInitiated"),
  ACKNOWLEDGED("dpv:RequestAcknowledged"),
  ACCEPTED("dpv:RequestAccepted"),
  REQUIRES_ACTION("dpv:RequestRequiresAction"),
  ACTION_DELAYED("dpv:RequestActionDelayed"),
  REQUIRED_ACTION_PERFORMED("dpv:RequestRequiredActionPerformed"),
  REJECTED("dpv:RequestRejected"),
  FULFILLED("dpv:RequestFulfilled"),
  UNFULFILLED("dpv:RequestUnfulfilled");

  private final String curie;

  RequestState(String curie) {
    this.curie = curie;
  }

  public String curie() {
    return curie;
  }

  @Override
  public String code() {
    return curie;
  }

  /** Returns the state of a CURIE; empty if there is none. */
  public static Optional<RequestState> parse(String text) {
    for (RequestState state : values()) {
      if (state.curie.equals(text)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the states that may follow. A request can be rejected only before it is accepted; an
   * accepted one ends fulfilled or unfulfilled; it may wait for a party at any time.
   */
  public Set<RequestState> next() {
    return switch (this) {
      case INITIATED -> EnumSet.of(ACKNOWLEDGED);
      case ACKNOWLEDGED -> EnumSet.of(ACCEPTED, REJECTED, REQUIRES_ACTION, ACTION_DELAYED);
      case ACCEPTED -> EnumSet.of(REQUIRES_ACTION, ACTION_DELAYED, FULFILLED, UNFULFILLED);
      case REQUIRES_ACTION -> EnumSet.of(ACTION_DELAYED, REQUIRED_ACTION_PERFORMED, UNFULFILLED);
      case ACTION_DELAYED ->
          EnumSet.of(
              ACCEPTED,
              REJECTED,
              REQUIRES_ACTION,
              REQUIRED_ACTION_PERFORMED,
              FULFILLED,
              UNFULFILLED);
      case REQUIRED_ACTION_PERFORMED ->
          EnumSet.of(ACCEPTED, REJECTED, ACTION_DELAYED, FULFILLED, UNFULFILLED);
      case REJECTED, FULFILLED, UNFULFILLED -> EnumSet.noneOf(RequestState.class);
    };
  }

  public boolean isFinal() {
    return next().isEmpty();
  }
}
