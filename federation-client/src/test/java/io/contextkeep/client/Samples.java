package io.contextkeep.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** One question, and answers to it as the vault gives them. */
final class Samples {
  /** A canary for personal data, which no message may show. */
  static final String CANARY = "Zq7canary";

  static final Purpose PURPOSE = Purpose.of("dpv:ServicePersonalisation");
  static final CustomerId ANN = new CustomerId("customer_number", "17850");
  static final List<String> ATTRIBUTES = List.of("email", "purchase", "income");

  private static final String RECEIPT =
      """
      {"index": 7, "decision": "40d71861aa40d71861aa40d71861aa40", "leafHash": "%s"}\
      """
          .formatted("6d".repeat(32));

  static final String DISCLOSED =
      """
      {"answers": [{"customer": "customer_number:17850",
        "purpose": "dpv:ServicePersonalisation", "basis": "eu-gdpr:A6-1-a",
        "values": {
          "email": {"value": "**** %1$s", "observed": "2026-11-24T16:17:27.852Z",
                    "source": "crm", "batch": "20567b87", "masked": "LAST_FOUR"},
          "purchase": [{"value": {"item": "%1$s"}, "observed": "2026-11-24T16:17:27Z",
                        "source": "crm", "batch": "20567b87"},
                       {"value": 0.12345678901234567890125, "observed": "2026-11-23T16:17:27Z",
                        "source": "crm", "batch": "20567b87"}]},
        "withheld": {"income": "CATEGORY_NOT_ALLOWED"}, "keepForSeconds": 3600,
        "obligations": ["NO_ONWARD_TRANSFER"], "receipt": %2$s}]}\
      """
          .formatted(CANARY, RECEIPT);

  static final String REFUSED =
      """
      {"answers": [{"customer": "customer_number:17850", "problem":
        {"type": "urn:contextkeep:problem:not_permitted", "title": "not permitted", "status": 403,
         "code": "not_permitted", "reasons": ["NOT_PERMITTED"], "receipt": %s}}]}\
      """
          .formatted(RECEIPT);

  static final String UNKNOWN_ATTRIBUTE =
      """
      {"type": "urn:contextkeep:problem:unknown_attribute", "title": "unknown attribute",
       "status": 400, "code": "unknown_attribute", "detail": "See /v1/attributes", "other": [1]}\
      """;

  private Samples() {}

  static ObjectNode tree(String json) {
    try {
      return (ObjectNode) new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Returns the first answer, to be changed. */
  static ObjectNode first(ObjectNode body) {
    return (ObjectNode) body.at("/answers/0");
  }
}
