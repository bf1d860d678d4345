package io.contextkeep.vault.policy;

import io.contextkeep.ontology.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A bundle in a file, or the most recently written {@code .tar.gz} of a directory. Writers should
 * move a complete file into place: an incomplete one is refused and read again after it has
 * changed.
 */
record FileSource(Path place) implements BundleSource {
  private static final String ENDING = ".tar.gz";

  @Override
  public String kind() {
    return Files.isDirectory(place) ? "directory" : "file";
  }

  @Override
  public Optional<Found> fetch(String tag) throws IOException {
    byte[] bundle = read(Files.isDirectory(place) ? newest() : place);
    String found = Sha256.hex(bundle);
    return found.equals(tag) ? Optional.empty() : Optional.of(new Found(bundle, found));
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bundle = in.readNBytes(MAX_BYTES + 1);
      if (bundle.length > MAX_BYTES) {
        throw new IOException("The file is larger than " + MAX_BYTES + " bytes");
      }
      return bundle;
    }
  }

  private Path newest() throws IOException {
    TreeMap<Path, FileTime> written = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(place, "*" + ENDING)) {
      for (Path file : files) {
        written.put(file, Files.getLastModifiedTime(file));
      }
    }
    return written.entrySet().stream()
        .max(Map.Entry.<Path, FileTime>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .orElseThrow(() -> new FileNotFoundException("The directory holds no *" + ENDING));
  }
}
