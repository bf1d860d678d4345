package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
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
    @JsonUnwrapped Answers.Method method,
    long customersNeeded,
    Costs cost,
    Optional<BudgetStanding> budget,
    List<Warning> warnings) {}
