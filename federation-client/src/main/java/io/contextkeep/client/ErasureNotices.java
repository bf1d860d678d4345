package io.contextkeep.client;

import java.util.List;

/**
 * Notices that this app has not acknowledged.
 *
 * @param more whether there are more; acknowledge these and ask again
 */
public record ErasureNotices(List<ErasureNotice> open, boolean more) implements Notified {

  public ErasureNotices {
    open = List.copyOf(open);
  }
}
