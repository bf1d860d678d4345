package io.contextkeep.vault.web;

import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.policy.NotDecided;
import io.contextkeep.vault.db.ConstraintViolated;
import io.contextkeep.vault.identity.IssuerUnreachable;
import io.contextkeep.vault.identity.NotAuthenticated;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The mapping from exceptions to problems. */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private static final Sampled STORE = new Sampled(System::nanoTime);

  private Problems() {}

  static Problem of(Throwable thrown, String requestId) {
    return switch (thrown) {
      case Problem problem -> problem;
      case NotAuthenticated no -> of(no);
      case ConstraintViolated _ ->
          new Problem(
              409,
              "conflict",
              "The request conflicts with the current state; read it and try again");
      case NotDecided _ ->
          new Problem(
              503,
              "not_decided",
              "The policy cannot be evaluated now, so nothing was decided or stored; try again"
                  + " later");
      case IssuerUnreachable _ ->
          new Problem(
              503,
              "issuer_unreachable",
              "The token's issuer cannot be asked for its keys; try again");
      case StoreUnavailable unavailable -> {
        STORE
            .event()
            .ifPresent(
                times ->
                    LOG.atError()
                        .addKeyValue("request", requestId)
                        .addKeyValue("times", times)
                        .log("store unavailable", unavailable));
        yield new Problem(503, "store_unavailable", "Nothing was read or written; try again");
      }
      default -> {
        // An exception's message may contain personal data, so only its type and place are logged.
        LOG.atError()
            .addKeyValue("request", requestId)
            .addKeyValue("thrown", thrown.getClass().getName())
            .addKeyValue("at", place(thrown))
            .log("request failed");
        yield new Problem(500, "internal_error", "The request failed; its id is in the log");
      }
    };
  }

  private static Problem of(NotAuthenticated no) {
    return new Problem(
        401,
        no.code(),
        no.cause() + ". Send a valid token: Authorization: Bearer <token>",
        Map.of(),
        no.tokenWasSent() ? Challenge.invalidToken(no.cause()) : Challenge.NO_TOKEN);
  }

  private static String place(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    return trace.length == 0 ? "unknown" : trace[0].toString();
  }
}
