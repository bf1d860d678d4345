package io.contextkeep.policy;

import com.dylibso.chicory.compiler.Cache;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytecode of the built-in policy, made when the program is built, since its compilation would
 * take a third of the time of a start. It is beside this class under the digest of its WebAssembly,
 * so any other module is compiled when it is loaded.
 */
final class BuiltCode implements Cache {
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  @Override
  public byte @Nullable [] get(String digest) throws IOException {
    try (InputStream in = BuiltCode.class.getResourceAsStream(name(digest))) {
      return in == null ? null : in.readAllBytes();
    }
  }

  @Override
  public void putIfAbsent(String digest, byte[] code) {
    // Code that was compiled in a running vault stays in its process.
  }

  private static String name(String digest) {
    return "code/" + digest.replaceAll("[^A-Za-z0-9]", "-") + ".zip";
  }

  /**
   * Compiles the built-in policy into a directory of classes.
   *
   * @param args the directory
   */
  public static void main(String[] args) {
    CompiledPolicy.compiled(Bundle.builtIn().wasm(), new Kept(Path.of(args[0])));
  }

  /** Code in files below a directory of classes. */
  record Kept(Path classes) implements Cache {

    @Override
    public byte @Nullable [] get(String digest) throws IOException {
      return Files.exists(file(digest)) ? Files.readAllBytes(file(digest)) : null;
    }

    @Override
    public void putIfAbsent(String digest, byte[] code) throws IOException {
      Files.createDirectories(file(digest).resolveSibling("."));
      Files.write(file(digest), reproducible(code));
    }

    private Path file(String digest) {
      String directory = BuiltCode.class.getPackageName().replace('.', '/');
      return classes.resolve(directory).resolve(name(digest));
    }
  }

  /** Writes the same entries in order and without times, so that two builds give the same bytes. */
  private static byte[] reproducible(byte[] zip) throws IOException {
    Map<String, byte[]> entries = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        boolean timed = entry.getName().endsWith(".properties");
        entries.put(entry.getName(), timed ? withoutComments(content) : content);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry same = new ZipEntry(entry.getKey());
        same.setTimeLocal(NO_TIME);
        out.putNextEntry(same);
        out.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /** Leaves out the comment with the time of writing. */
  private static byte[] withoutComments(byte[] properties) {
    return new String(properties, StandardCharsets.ISO_8859_1)
        .replaceAll("(?m)^#.*\\R", "")
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
