package io.contextkeep.vault.web;

import java.util.List;
import java.util.Map;

/**
 * The challenge that tells a client to come back with a token of a stronger authentication (RFC
 * 9470).
 */
public final class StepUp {
  private static final String CHALLENGE =
      "Bearer error=\"insufficient_user_authentication\", error_description=\"The purpose demands a"
          + " stronger authentication\"";

  private StepUp() {}

  /**
   * The answer with the challenge.
   *
   * @param acrValues what the policy's data names; a decision's words have neither quotes nor
   *     control characters
   */
  public static Answer challenging(Answer answer, List<String> acrValues) {
    String values =
        acrValues.isEmpty() ? "" : ", acr_values=\"" + String.join(" ", acrValues) + "\"";
    return answer.with(Map.of("WWW-Authenticate", CHALLENGE + values));
  }
}
