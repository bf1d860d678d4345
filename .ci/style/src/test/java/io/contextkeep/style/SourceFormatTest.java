package io.contextkeep.style;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The format of every source file, which must be that of google-java-format. */
final class SourceFormatTest {

  /**
   * Checks the format; with JAVA_TOOL_OPTIONS=-Dcontextkeep.format=true it formats the files
   * instead.
   */
  @Test
  void everySourceFile_isFormatted() throws Exception {
    Path root = Path.of(System.getProperty("contextkeep.root"));
    Formatter formatter = new Formatter();
    List<String> unformatted = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(SourceFormatTest::isSource).toList()) {
        String source = Files.readString(file);
        String formatted = formatter.formatSourceAndFixImports(source);
        if (Boolean.getBoolean("contextkeep.format")) {
          Files.writeString(file, formatted);
        } else if (!formatted.equals(source)) {
          unformatted.add(root.relativize(file).toString());
        }
      }
    }
    assertThat(unformatted).isEmpty();
  }

  private static boolean isSource(Path file) {
    String path = file.toString();
    return path.endsWith(".java") && path.contains("/src/") && !path.contains("/target/");
  }
}
