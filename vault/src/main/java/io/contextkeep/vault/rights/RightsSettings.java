package io.contextkeep.vault.rights;

import io.contextkeep.vault.erasure.ErasureSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings of rights requests.
 *
 * @param rules a directory with more rule packs
 * @param jurisdiction the place whose rules apply to a request that names none
 * @param business the name of this vault's business in the Data Rights Protocol; empty where agents
 *     are not answered
 * @param erasure the settings of erasures
 */
public record RightsSettings(
    Optional<Path> rules, String jurisdiction, Optional<String> business, ErasureSettings erasure) {
  /** The defaults. */
  public static final RightsSettings BUILT_IN =
      new RightsSettings(Optional.empty(), "loc:EU", Optional.empty(), ErasureSettings.DEFAULT);
}
