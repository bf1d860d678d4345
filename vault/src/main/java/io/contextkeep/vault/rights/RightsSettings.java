package io.contextkeep.vault.rights;

import io.contextkeep.vault.erasure.ErasureSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How requests are answered.
 *
 * @param rules a directory with rule packs beside those that are built in
 * @param jurisdiction under whose rules a request is that names none
 * @param business what the Data Rights Protocol calls this vault's business; empty where agents are
 *     not answered
 * @param erasure what is promised with an erasure
 */
public record RightsSettings(
    Optional<Path> rules, String jurisdiction, Optional<String> business, ErasureSettings erasure) {
  /** What counts where nothing is set. */
  public static final RightsSettings BUILT_IN =
      new RightsSettings(Optional.empty(), "loc:EU", Optional.empty(), ErasureSettings.DEFAULT);
}
