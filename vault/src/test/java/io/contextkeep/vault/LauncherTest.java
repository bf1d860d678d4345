package io.contextkeep.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that starts the program, in an installed layout. */
final class LauncherTest {
  private static final List<Path> TOOLS = List.of(Path.of("/usr/bin"), Path.of("/bin"));
  private static final Path SCRIPT =
      Path.of(System.getProperty("contextkeep.root"), "vault/src/main/dist/bin/contextkeep");

  @TempDir Path dir;
  private Path home;
  private Path path;

  private record Ended(int code, String out) {}

  @BeforeEach
  void install() throws IOException {
    if (tool("sh").isEmpty()) {
      System.err.println("SKIPPED: sh is not installed, so the launcher was not started");
    }
    assumeTrue(tool("sh").isPresent(), "there is a sh");
    home = Files.createDirectories(dir.resolve("opt with space/contextkeep"));
    String script = Files.readString(SCRIPT).replace("\nroot=\n", "\nroot='" + dir + "/root'\n");
    assertThat(script).contains(dir + "/root");
    executable(home.resolve("bin/contextkeep"), script);
    path = Files.createDirectories(dir.resolve("path"));
    for (String name : List.of("sh", "dirname", "readlink", "grep")) {
      Files.createSymbolicLink(path.resolve(name), tool(name).orElseThrow());
    }
  }

  @Test
  void theLauncher_worksFromAnyDirectoryAndByLink_andPassesArgumentsAndExitCode() throws Exception {
    jar();
    Map<String, String> java = Map.of("JAVA_HOME", System.getProperty("java.home"));
    Ended version = run(home.resolve("bin/contextkeep"), java, "--version");
    assertThat(version.out()).contains("contextkeep", "Java 25");
    assertThat(version.code()).isZero();
    Path near = Files.createSymbolicLink(home.resolve("bin/ck"), Path.of("contextkeep"));
    Path link = Files.createSymbolicLink(dir.resolve("ck"), near);
    Ended misused = run(link, java, "token", "king of", "olga");
    assertThat(misused.out()).contains("unknown role 'king of'");
    assertThat(misused.code()).isEqualTo(2);
  }

  @Test
  void aJdk25_isFoundInJavaHome_thenOnThePath_thenInTheUsualDirectories() throws Exception {
    Files.createFile(home.resolve("contextkeep-vault-1.jar"));
    Path old = jdk("old", "17.0.15");
    jdk("root/usr/lib/jvm/older", "2.5");
    Path usual = jdk("root/usr/lib/jvm/temurin", "25.0.1");
    assertThat(started(Map.of("JAVA_HOME", old.toString()))).isEqualTo(usual);
    Path onPath = jdk("other", "25");
    Files.createSymbolicLink(path.resolve("java"), onPath.resolve("bin/java"));
    assertThat(started(Map.of("JAVA_HOME", old.toString()))).isEqualTo(onPath);
    Path chosen = jdk("chosen", "25-ea");
    assertThat(started(Map.of("JAVA_HOME", chosen.toString()))).isEqualTo(chosen);
  }

  @Test
  void aClassArchive_isUsedIfItIsValid_andIgnoredOtherwise() throws Exception {
    jar();
    Map<String, String> java = Map.of("JAVA_HOME", System.getProperty("java.home"));
    Ended without = run(home.resolve("bin/contextkeep"), java, "--version");
    Files.writeString(home.resolve("classes.aot"), "no archive");
    assertThat(run(home.resolve("bin/contextkeep"), java, "--version")).isEqualTo(without);
    Path jdk = jdk("jdk", "25");
    Ended used = run(home.resolve("bin/contextkeep"), Map.of("JAVA_HOME", jdk.toString()), "serve");
    assertThat(used.out()).contains("-XX:AOTCache=" + home.resolve("classes.aot|"));
  }

  @Test
  void aJdkInTheHomeDirectory_isFoundToo() throws Exception {
    Files.createFile(home.resolve("contextkeep-vault-1.jar"));
    Path own = jdk("user/.sdkman/candidates/java/25.0.1-tem", "25.0.1");
    assertThat(started(Map.of("HOME", dir.resolve("user").toString()))).isEqualTo(own);
  }

  @Test
  void withoutAJdk25_oneLineReportsIt() throws Exception {
    Files.createFile(home.resolve("contextkeep-vault-1.jar"));
    Path old = jdk("old", "17.0.15");
    refused(
        Map.of("JAVA_HOME", old.toString()), "There is no JDK 25. Install one, or set JAVA_HOME");
    refused(Map.of(), "There is no JDK 25");
  }

  @Test
  void withoutItsJar_orWithTwo_oneLineReportsIt() throws Exception {
    refused(Map.of(), "There is no contextkeep-vault-*.jar in " + home);
    Files.createFile(home.resolve("contextkeep-vault-1.jar"));
    Files.createFile(home.resolve("contextkeep-vault-2.jar"));
    refused(Map.of(), "There are several contextkeep-vault-*.jar");
  }

  private void refused(Map<String, String> environment, String says) throws Exception {
    Ended ended = run(home.resolve("bin/contextkeep"), environment, "serve");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out()).contains(says).hasLineCount(1);
  }

  /** Returns the JDK that was started, each of which prints its place. */
  private Path started(Map<String, String> environment) throws Exception {
    Ended ended = run(home.resolve("bin/contextkeep"), environment, "serve", "a b");
    assertThat(ended.out()).contains("-jar|" + home.resolve("contextkeep-vault-1.jar|serve|a b|"));
    return Path.of(ended.out().lines().findFirst().orElseThrow());
  }

  private Path jdk(String name, String version) throws IOException {
    Path jdk = dir.resolve(name);
    executable(
        jdk.resolve("bin/java"), "#!/bin/sh\necho '" + jdk + "'\nprintf '%s|' \"$@\"\necho\n");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  /** Makes a jar like the vault's, whose libraries are this test's class path. */
  private void jar() throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.MAIN_CLASS, Main.class.getName());
    main.put(
        Attributes.Name.CLASS_PATH,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toUri().toString())
            .collect(Collectors.joining(" ")));
    main.put(new Attributes.Name("Enable-Native-Access"), "ALL-UNNAMED");
    Path jar = home.resolve("contextkeep-vault-test.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
  }

  private Ended run(Path script, Map<String, String> environment, String... arguments)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(
                    Stream.of(path.resolve("sh").toString(), script.toString()),
                    Stream.of(arguments))
                .toList());
    builder.environment().clear();
    builder.environment().put("PATH", path.toString());
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).directory(dir.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out);
  }

  private static Optional<Path> tool(String name) {
    return TOOLS.stream().map(where -> where.resolve(name)).filter(Files::exists).findFirst();
  }

  private static void executable(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
