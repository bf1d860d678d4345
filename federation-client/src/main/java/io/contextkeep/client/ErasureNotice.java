package io.contextkeep.client;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A signed notice that a customer whose context this app had received was erased at the vault. The
 * app erases what it kept and acknowledges. The names are those of the app's requests.
 *
 * @param id the id for its acknowledgement
 */
public record ErasureNotice(String id, Instant issued, List<CustomerId> customer) {

  /** The app's action. */
  public enum Outcome {
    ERASED,
    /** The app held nothing, or nothing any more. */
    NOTHING_HELD,
    /** The app must keep it by law. */
    KEPT_BY_LAW;

    String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public ErasureNotice {
    customer = List.copyOf(customer);
  }
}
