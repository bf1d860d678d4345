package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.analytics.query.Plan;
import java.util.ArrayList;
import java.util.List;

/** What an estimate warns of: why a question would be refused, or say little, before it costs. */
final class Warnings {
  private Warnings() {}

  /** The reasons of the policy, and which attribute is behind which mask. */
  static List<ObjectNode> refused(Plan plan, Refusal refusal) {
    List<ObjectNode> warnings = new ArrayList<>();
    ObjectNode no =
        warning("not_permitted", "The policy would refuse the question, for the reasons given");
    refusal.reasons().forEach(no.putArray("reasons")::add);
    warnings.add(no);
    for (Outcome.Masked masked : Outcome.Masked.of(plan.query(), refusal)) {
      warnings.add(
          warning(
                  "attribute_masked",
                  "For this purpose the policy shows the attribute only behind a mask, so nobody"
                      + " would be counted; ask for a purpose that shows it in clear")
              .put("attribute", masked.attribute())
              .put("category", masked.category())
              .put("mask", masked.mask()));
    }
    return warnings;
  }

  private static ObjectNode warning(String code, String detail) {
    return JsonNodeFactory.instance.objectNode().put("code", code).put("detail", detail);
  }
}
