package io.contextkeep.vault.http;

import io.contextkeep.vault.rights.CaseRefused;
import java.util.function.Supplier;

/** What a case refuses, as a problem. */
final class Cased {

  private Cased() {}

  static <T> T or(Supplier<T> change) {
    try {
      return change.get();
    } catch (CaseRefused refused) {
      throw problem(refused);
    }
  }

  private static Problem problem(CaseRefused refused) {
    String detail = String.valueOf(refused.getMessage());
    return switch (refused.why()) {
      case BEING_ERASED -> new Problem(409, "being_erased", detail);
      case TOO_MANY -> new Problem(409, "too_many_requests", detail);
      case NOT_NOW -> new Problem(409, "step_not_possible", detail);
      case NOT_EXTENSIBLE, EXTENDED_BEFORE -> new Problem(409, "not_extensible", detail);
      case TOO_LATE -> new Problem(409, "too_late_to_extend", detail);
      case REASON_NEEDED, REASON_UNKNOWN -> Problem.badRequest("reason_does_not_fit", detail);
      case EVIDENCE_NEEDED -> Problem.badRequest("evidence_needed", detail);
      case OUTCOME_NEEDED -> Problem.badRequest("outcome_needed", detail);
    };
  }
}
