package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cost and the exactness of a question's answer, computed before it is asked.
 *
 * @param question in its canonical form
 * @param method how the answer would be made, in the terms of a release
 * @param customersNeeded the number of customers below which the answer would be meaningless
 * @param budget empty if operators have set none
 */
record Estimate(
    JsonNode question,
    @JsonIgnore ObjectNode method,
    long customersNeeded,
    Costs cost,
    Optional<BudgetStanding> budget,
    List<Warning> warnings) {

  @JsonAnyGetter
  Map<String, JsonNode> members() {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    method.properties().forEach(one -> members.put(one.getKey(), one.getValue()));
    return members;
  }
}
