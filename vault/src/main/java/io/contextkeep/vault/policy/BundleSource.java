package io.contextkeep.vault.policy;

import java.io.IOException;
import java.util.Optional;

/** Where bundles come from. What it gives is anybody's bytes until the gate has seen them. */
interface BundleSource {
  /** More than any signed policy; what it unpacks to is limited again. */
  int LARGEST = 16 << 20;

  /**
   * @param tag what tells these bytes from others there
   */
  record Found(byte[] bundle, String tag) {}

  /** Of which kind it is: a coded word. */
  String kind();

  /**
   * The bundle that is there now, or nothing where it still is the one of that tag.
   *
   * @throws IOException if there is none, or it cannot be had in time
   */
  Optional<Found> look(String tag) throws IOException;
}
