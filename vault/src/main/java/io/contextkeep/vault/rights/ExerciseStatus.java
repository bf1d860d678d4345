package io.contextkeep.vault.rights;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.contextkeep.ontology.RequestState;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A case as agents see it: the protocol's Exercise Status (section 3.03). It holds no data. */
record ExerciseStatus(
    @JsonProperty("request_id") String requestId,
    @JsonProperty("agent_request_id") Optional<String> agentRequestId,
    @JsonProperty("received_at") Instant receivedAt,
    @JsonProperty("expected_by") Instant expectedBy,
    String status,
    Optional<String> reason,
    @JsonProperty("processing_details") Optional<String> processingDetails) {
  /** The reason of a case that its agent revoked. */
  static final String REVOKED = "ck:RevokedByAgent";

  /** The reason of a case for which no customer, or more than one, is found. */
  static final String NO_MATCH = "ck:NoMatch";

  /** The reason of a case for which the agent verified no identifier. */
  static final String UNVERIFIED = "ck:InsufficientVerification";

  private static final Map<String, String> DENIALS =
      Map.of(
          NO_MATCH,
          "no_match",
          UNVERIFIED,
          "insuf_verification",
          RulePack.NO_PROCESSING,
          "claim_not_covered",
          RulePack.NO_SUCH_RIGHT,
          "claim_not_covered",
          "ck:ClaimNotCovered",
          "claim_not_covered",
          "ck:StatutoryException",
          "claim_not_covered",
          "ck:SuspectedFraud",
          "suspected_fraud",
          "ck:OutsideJurisdiction",
          "outside_jurisdiction",
          "ck:TooManyRequests",
          "too_many_requests");

  /**
   * Returns the status of a case.
   *
   * @param called the agent's name for the request
   */
  static ExerciseStatus of(RightsCase one, Optional<String> called) {
    Optional<String> why = one.steps().getLast().reason();
    String status = status(one.state(), why);
    return new ExerciseStatus(
        id(one.id()),
        called,
        one.made(),
        one.due(),
        status,
        status.equals("denied")
            ? Optional.of(DENIALS.getOrDefault(why.orElse(""), "other"))
            : Optional.empty(),
        details(one));
  }

  private static String status(RequestState state, Optional<String> why) {
    return switch (state) {
      case INITIATED -> "open";
      case ACKNOWLEDGED, ACCEPTED, REQUIRES_ACTION, ACTION_DELAYED, REQUIRED_ACTION_PERFORMED ->
          "in_progress";
      case FULFILLED -> "fulfilled";
      case REJECTED, UNFULFILLED -> why.equals(Optional.of(REVOKED)) ? "revoked" : "denied";
    };
  }

  /** Returns coded details. Data goes to the customer and never through an agent. */
  private static Optional<String> details(RightsCase one) {
    if (one.waitsToBeTaken()) {
      return Optional.of(
          one.right() == Right.ACCESS
              ? "ready: the customer fetches it at /v1/me/export"
              : "waits for the customer");
    }
    return one.steps().getLast().reason();
  }

  /** Returns a case's id as a UUID, which the protocol recommends. */
  static String id(String id) {
    return id.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }

  /** Returns the case's id that a UUID stands for. */
  static String caseId(String uuid) {
    return uuid.replace("-", "");
  }
}
