package io.contextkeep.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The configuration files of a command. */
final class InputFiles {
  static final String SETTINGS = "<settings.properties>";
  static final String SETTINGS_DESCRIPTION =
      "The vault's settings; later files override earlier ones, and environment variables"
          + " (CONTEXTKEEP_HTTP_PORT for http.port) override them all.";

  private InputFiles() {}

  /**
   * Reads the files and the environment.
   *
   * @throws IllegalArgumentException naming the file or the settings at fault
   */
  static VaultConfig settings(List<Path> files, Map<String, String> environment)
      throws IOException {
    for (Path file : files) {
      check(file, "a properties file");
    }
    return VaultConfig.load(files, environment);
  }

  /**
   * Checks that a file exists.
   *
   * @throws IllegalArgumentException naming the file and what to send instead
   */
  static void check(Path file, String kind) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "File not found: '" + file + "'. Give the path of " + kind + ".");
    }
  }
}
