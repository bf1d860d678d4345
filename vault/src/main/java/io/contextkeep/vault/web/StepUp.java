package io.contextkeep.vault.web;

import java.util.List;
import java.util.Map;

/** The challenge that asks a client for a token of a stronger authentication (RFC 9470). */
public final class StepUp {
  private static final String CHALLENGE =
      "Bearer error=\"insufficient_user_authentication\", error_description=\"The purpose demands a"
          + " stronger authentication\"";

  private StepUp() {}

  /**
   * Returns the answer with the challenge.
   *
   * @param acrValues the values in the policy's data, which have neither quotes nor control
   *     characters
   */
  public static Answer challenging(Answer answer, List<String> acrValues) {
    String values =
        acrValues.isEmpty() ? "" : ", acr_values=\"" + String.join(" ", acrValues) + "\"";
    return answer.with(Map.of("WWW-Authenticate", CHALLENGE + values));
  }
}
