package io.contextkeep.vault.policy;

import io.contextkeep.audit.proof.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The last bundle that was in force, as it came, signature and all: a start trusts the file no more
 * than it trusts the source.
 */
record LastGood(Path file) {

  Optional<byte[]> read() throws IOException {
    return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
  }

  void write(byte[] bundle) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    DurableFile.replace(file, fresh, bundle);
  }
}
