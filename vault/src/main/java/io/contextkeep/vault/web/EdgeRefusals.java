package io.contextkeep.vault.web;

import io.contextkeep.vault.ops.Metrics;
import io.contextkeep.vault.web.edge.Refusals;
import io.contextkeep.vault.web.edge.Refused;
import java.util.Arrays;

/** The edge's refusals as problem documents, counted in the metrics. */
record EdgeRefusals(Metrics metrics) implements Refusals {

  EdgeRefusals {
    metrics.edgeRefusals(Arrays.stream(Refused.values()).map(Refused::code).toList());
  }

  @Override
  public byte[] body(Refused why, String detail) {
    return Answer.problem(new Problem(why.status(), why.code(), detail)).body();
  }

  @Override
  public void count(Refused why) {
    metrics.refusedAtTheEdge(why.code());
  }
}
