package io.contextkeep.vault.rights;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.web.Json;
import java.time.Instant;

/** A case as it is shown: to the customer whole, to others without what she wants of what. */
final class CaseJson {
  private static final String EXPORT = "GET /v1/me/export";

  private CaseJson() {}

  /** As operators and auditors see it: codes, times, and which decision is to be looked at. */
  static ObjectNode shown(RightsCase one, Instant now) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("id", one.id());
    json.put("right", one.right().code());
    json.put("term", one.term());
    json.put("jurisdiction", one.jurisdiction());
    json.put("rules", one.rules());
    json.put("state", one.state().curie());
    json.put("made", one.made().toString());
    one.confirmBy().ifPresent(at -> json.put("confirmBy", at.toString()));
    json.put("due", one.due().toString());
    json.put("extended", one.extended());
    json.put("clock", one.clock(now).code());
    one.answered().ifPresent(at -> json.put("answered", at.toString()));
    one.outcome().ifPresent(outcome -> json.put("outcome", outcome));
    one.matter().decision().ifPresent(index -> json.put("decision", index));
    ArrayNode steps = json.putArray("steps");
    one.steps().forEach(step -> steps.add(shown(step)));
    return json;
  }

  private static ObjectNode shown(RightsCase.Step step) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("state", step.state().curie());
    json.put("at", step.at().toString());
    step.reason().ifPresent(reason -> json.put("reason", reason));
    json.put("entry", step.entry());
    step.evidence()
        .ifPresent(
            shown ->
                json.putObject("evidence")
                    .put("index", shown.index())
                    .put("leafHash", shown.leafHash()));
    return json;
  }

  /** As the customer sees it, with the call that there is for her to make. */
  static ObjectNode whole(RightsCase one, Instant now) {
    ObjectNode json = shown(one, now);
    one.matter().purpose().ifPresent(purpose -> json.put("purpose", purpose));
    one.matter().attribute().ifPresent(attribute -> json.put("attribute", attribute));
    if (one.waitsToBeTaken()) {
      json.put("call", EXPORT);
    }
    return json;
  }
}
