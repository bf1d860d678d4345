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
 * A bundle in a file, or the last written {@code .tar.gz} of a directory. Whoever writes one moves
 * it there when it is whole: half of one is refused, and looked at again once it has grown.
 */
record FileSource(Path place) implements BundleSource {
  private static final String ENDING = ".tar.gz";

  @Override
  public String kind() {
    return Files.isDirectory(place) ? "directory" : "file";
  }

  @Override
  public Optional<Found> look(String tag) throws IOException {
    byte[] bundle = read(Files.isDirectory(place) ? newest() : place);
    String found = Sha256.hex(bundle);
    return found.equals(tag) ? Optional.empty() : Optional.of(new Found(bundle, found));
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bundle = in.readNBytes(LARGEST + 1);
      if (bundle.length > LARGEST) {
        throw new IOException("The file is larger than any bundle");
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
        .orElseThrow(() -> new FileNotFoundException("The directory holds no " + ENDING));
  }
}
