package io.contextkeep.policy.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A policy that never decides. */
final class Undefined {

  private Undefined() {}

  /** Returns its directory. */
  static Path policy(Path dir) throws IOException {
    Path sources = Files.createDirectories(dir.resolve("undefined"));
    Files.writeString(
        sources.resolve("gate.rego"),
        """
        package contextkeep.gate

        decision := {"allow": true} if input.never
        """);
    return sources;
  }
}
