package io.contextkeep.vault.rights;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How requests are answered.
 *
 * @param rules a directory with rule packs beside those that are built in
 * @param jurisdiction under whose rules a request is that names none
 * @param business what the Data Rights Protocol calls this vault's business; empty where agents are
 *     not answered
 */
public record RightsSettings(Optional<Path> rules, String jurisdiction, Optional<String> business) {
  /** What counts where nothing is set. */
  public static final RightsSettings BUILT_IN =
      new RightsSettings(Optional.empty(), "loc:EU", Optional.empty());
}
