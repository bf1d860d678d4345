package io.contextkeep.vault.policy;

import io.contextkeep.audit.proof.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file with the last bundle that was in force, unchanged and with its signature. A start
 * verifies it again: the file is not trusted more than the source.
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
