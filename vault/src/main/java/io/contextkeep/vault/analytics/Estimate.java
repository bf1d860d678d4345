package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import io.contextkeep.vault.analytics.report.Answers;
import io.contextkeep.vault.analytics.report.BudgetStanding;
import io.contextkeep.vault.analytics.report.Costs;
import java.util.List;
import java.util.Optional;

/**
 * The cost and the exactness of a question's answer, computed before it is asked.
 *
 * @param question in its canonical form
 * @param method how the answer would be made, in the terms of a release
 * @param customersNeeded with fewer customers the answer would say nothing
 * @param budget empty where operators have set none
 */
record Estimate(
    JsonNode question,
    @JsonUnwrapped Answers.Method method,
    long customersNeeded,
    Costs cost,
    Optional<BudgetStanding> budget,
    List<Warning> warnings) {}
