package io.contextkeep.vault.policy;

import java.io.IOException;
import java.util.Optional;

/** A source of policy bundles. Its bytes are untrusted until the load gate has checked them. */
interface BundleSource {
  /** The most bytes of a bundle; its unpacked size has a limit of its own. */
  int MAX_BYTES = 16 << 20;

  /**
   * A bundle of the source.
   *
   * @param tag identifies these bytes within the source
   */
  record Found(byte[] bundle, String tag) {}

  /** Returns the code of the kind of source. */
  String kind();

  /**
   * Fetches the current bundle; returns nothing if it still has this tag.
   *
   * @throws IOException if there is no bundle, or it cannot be fetched in time
   */
  Optional<Found> fetch(String tag) throws IOException;
}
