package io.contextkeep.vault.analytics.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.vault.analytics.budget.Cost;
import io.contextkeep.vault.analytics.budget.Standing;
import java.math.BigDecimal;

/** Costs and budgets as JSON. */
public final class Costs {
  private Costs() {}

  public static ObjectNode json(Cost cost) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("rho", units(cost.rho()))
        .put("delta", units(cost.delta()))
        .put("epsilon", Answers.plain(Epsilon.of(cost)))
        .put("epsilonAtDelta", Answers.plain(BigDecimal.valueOf(Epsilon.DELTA)));
  }

  /** How a budget stands, and how often a question of that cost still fits. */
  public static ObjectNode json(Standing standing, Cost question) {
    ObjectNode json = json(standing);
    json.put("furtherSuchQueries", standing.further(question));
    return json;
  }

  public static ObjectNode json(Standing standing) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("limit", json(standing.limit()));
    json.set("spent", json(standing.spent()));
    json.set("share", json(standing.share()));
    json.set("spentByYou", json(standing.own()));
    json.set("remaining", json(standing.remaining()));
    return json;
  }

  /** Returns an amount as a number. */
  public static BigDecimal units(long trillionths) {
    return Answers.plain(BigDecimal.valueOf(trillionths, 12));
  }
}
