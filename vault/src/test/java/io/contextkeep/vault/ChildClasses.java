package io.contextkeep.vault;

import io.contextkeep.ontology.Graphs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The archive of classes of child processes (JEP 483). Tests start some fifty vaults in child
 * processes, and loading and linking ten thousand classes is most of a start. So the classes are
 * loaded once, by {@link Training}, and kept in an archive that the others map. The JVM archives
 * classes of jars alone, so directories of the class path are packed first. That takes half a
 * minute, for which all tests with children wait: one class of them is among the first, and the
 * others follow when it is done.
 */
final class ChildClasses {
  private static final ChildClasses SHARED = make();

  private final String classPath;
  private final Path archive;

  private ChildClasses(String classPath, Path archive) {
    this.classPath = classPath;
    this.archive = archive;
  }

  /** Returns the class path of a child. */
  static String classPath() {
    return SHARED.classPath;
  }

  /** Returns the flag that names the archive. A JVM that cannot use it ignores it. */
  static String flag() {
    return "-XX:AOTCache=" + SHARED.archive;
  }

  private static ChildClasses make() {
    try {
      Path dir = Files.createTempDirectory("child-classes");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Graphs.deleteTree(dir)));
      ChildClasses made = new ChildClasses(packed(dir), dir.resolve("classes.aot"));
      made.archive(dir);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String packed(Path dir) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path from = Path.of(entry);
      if (Files.isDirectory(from)) {
        Path jar = dir.resolve(entries.size() + ".jar");
        pack(from, jar);
        entries.add(jar.toString());
      } else if (Files.exists(from)) {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void pack(Path from, Path jar) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(from)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(new ZipEntry(from.relativize(file).toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }

  private void archive(Path dir) throws IOException, InterruptedException {
    Process training =
        new ProcessBuilder(
                ChildJava.command(
                    List.of(),
                    ChildJava.shortLived("-XX:AOTCacheOutput=" + archive),
                    classPath,
                    Training.class,
                    List.of(dir.resolve("vault").toString())))
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("log").toFile())
            .start();
    if (training.waitFor() != 0 || !Files.exists(archive)) {
      throw new IllegalStateException(Files.readString(dir.resolve("log")));
    }
  }

  /**
   * The training run: the command line, and a vault with registrations, writes and reads. It is a
   * class of its own, since loading the outer one starts it.
   */
  static final class Training {
    private Training() {}

    public static void main(String[] args) {
      CommandRun.of(Map.of(), "--help");
      try (TestVault vault = new TestVault(Path.of(args[0]))) {
        vault.furnish();
        vault.write("1", "country", "\"France\"");
        String consent = "/v1/me/consents/dpv:ServicePersonalisation/shop";
        TestVault.ok(vault.put(vault.customer("customer_number:1"), consent, ""));
        TestVault.ok(vault.ask("1", "country"));
      }
      System.exit(0);
    }
  }
}
