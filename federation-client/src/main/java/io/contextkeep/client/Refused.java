package io.contextkeep.client;

import java.util.List;

/**
 * A refusal. Unknown and refused customers are indistinguishable: both are {@code NOT_PERMITTED}.
 * Any other reason is about the app, such as {@code PURPOSE_NOT_REGISTERED}.
 */
public record Refused(List<String> reasons, Receipt receipt) implements Answer {
  public Refused {
    reasons = List.copyOf(reasons);
  }
}
