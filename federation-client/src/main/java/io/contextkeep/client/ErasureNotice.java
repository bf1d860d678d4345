package io.contextkeep.client;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The vault's word that somebody was erased there whose context this app had been given: the app
 * erases what it kept of it, and says what it did. The names are those that the app had asked for.
 *
 * @param id what it is acknowledged by
 */
public record ErasureNotice(String id, Instant issued, List<CustomerId> customer) {

  /** What the app did. */
  public enum Outcome {
    ERASED,
    /** There was nothing, or nothing any more. */
    NOTHING_HELD,
    /** A law obliges the app to keep it. */
    KEPT_BY_LAW;

    String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ErasureNotice {
    customer = List.copyOf(customer);
  }
}
