package io.contextkeep.vault.changes;

import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;

/** The numbers and problems of proposed changes on the wire. */
public final class ChangeAnswers {
  private ChangeAnswers() {}

  /** Reads the number of a change in the path. */
  public static long number(Request request) {
    String id = request.path("change");
    if (!id.matches("[1-9][0-9]{0,17}")) {
      throw new Problem(
          404, "no_such_change", "A change is named by its number; GET /v1/changes lists them");
    }
    return Long.parseLong(id);
  }

  public static Problem problem(ChangeRefused refused) {
    String detail = String.valueOf(refused.getMessage());
    return switch (refused.why()) {
      case NO_CATALOGUE -> Problem.badRequest("invalid_catalogue", detail);
      case CHANGES_NOTHING -> Problem.badRequest("changes_nothing", detail);
      case OWN -> new Problem(403, "needs_another_operator", detail);
      case UNKNOWN -> new Problem(404, "no_such_change", detail);
      case NO_POLICY -> new Problem(409, "no_policy", detail);
      case CLOSED -> new Problem(409, "change_closed", detail);
      case MOVED_ON -> new Problem(409, "policy_moved_on", detail);
      case OUTDATED -> new Problem(409, "change_outdated", detail);
      case TOO_MANY -> new Problem(409, "too_many_changes", detail);
      case REJECTED -> new Problem(409, "change_rejected", detail);
    };
  }
}
