package io.contextkeep.client;

import java.util.List;

/**
 * A no. Somebody who may not be asked about and nobody of that name are the same {@code
 * NOT_PERMITTED}; any other reason is about the app, such as {@code PURPOSE_NOT_REGISTERED}.
 */
public record Refused(List<String> reasons, Receipt receipt) implements Answer {
  public Refused {
    reasons = List.copyOf(reasons);
  }
}
