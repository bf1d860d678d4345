package io.contextkeep.vault.rights.agent;

import io.contextkeep.ontology.RequestState;
import io.contextkeep.vault.rights.Right;
import io.contextkeep.vault.rights.RightsCase;
import io.contextkeep.vault.rights.RulePack;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A case as agents see it: the protocol's Exercise Status (section 3.03). It holds no data. */
final class ExerciseStatus {
  /** Why a case ends that its agent revoked. */
  public static final String REVOKED = "ck:RevokedByAgent";

  /** Why one is refused about whom nothing is found, or too little is known. */
  public static final String NO_MATCH = "ck:NoMatch";

  public static final String UNVERIFIED = "ck:InsufficientVerification";

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

  private ExerciseStatus() {}

  /**
   * @param called what the agent calls the request
   */
  public static Map<String, Object> of(RightsCase one, Optional<String> called) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("request_id", id(one.id()));
    called.ifPresent(id -> json.put("agent_request_id", id));
    json.put("received_at", one.made().toString());
    json.put("expected_by", one.due().toString());
    Optional<String> why = one.steps().getLast().reason();
    String status = status(one.state(), why);
    json.put("status", status);
    if (status.equals("denied")) {
      json.put("reason", DENIALS.getOrDefault(why.orElse(""), "other"));
    }
    details(one).ifPresent(details -> json.put("processing_details", details));
    return json;
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

  /** Data goes to the customer and never through an agent. */
  private static Optional<String> details(RightsCase one) {
    if (one.waitsToBeTaken()) {
      return Optional.of(
          one.right() == Right.ACCESS
              ? "ready: the customer takes it herself at /v1/me/export"
              : "waits for the customer");
    }
    return one.steps().getLast().reason();
  }

  /** A case's id as the UUID that the protocol likes ids to be. */
  static String id(String id) {
    return id.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }

  /** The case's id in a UUID. */
  public static String caseId(String uuid) {
    return uuid.replace("-", "");
  }
}
