package io.contextkeep.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextkeep.policy.BuiltCode.Kept;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The policy's bytecode that is made at build time. */
final class BuiltCodeTest {
  @TempDir Path dir;

  @Test
  void codeThatIsBuiltTwice_isIdentical_becauseItHoldsNoTimes() throws Exception {
    BuiltCode.main(new String[] {dir.resolve("one").toString()});
    BuiltCode.main(new String[] {dir.resolve("other").toString()});
    byte[] code = Files.readAllBytes(made("one"));
    assertThat(Files.readAllBytes(made("other"))).isEqualTo(code);
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(code))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        assertThat(entry.getTimeLocal()).isEqualTo(LocalDateTime.of(1980, 1, 1, 0, 0));
        if (entry.getName().endsWith(".properties")) {
          assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
              .startsWith("mainClass=")
              .doesNotContain("#");
        }
      }
    }
  }

  @Test
  void builtCode_isUsed_andAnswersLikeCompiledCode() {
    byte[] wasm = Bundle.builtIn().wasm();
    Kept kept = new Kept(dir);
    String compiled = answer(CompiledPolicy.compiled(wasm, kept));
    assertThat(answer(CompiledPolicy.compiled(wasm, new Reading(kept)))).isEqualTo(compiled);
    assertThat(compiled).contains("allow");
  }

  /** A cache that fails the test if it lacks a function. */
  private record Reading(Kept kept) implements com.dylibso.chicory.compiler.Cache {
    @Override
    public byte[] get(String digest) throws IOException {
      return Objects.requireNonNull(kept.get(digest));
    }

    @Override
    public void putIfAbsent(String digest, byte[] code) {
      throw new AssertionError("It was compiled");
    }
  }

  private static String answer(CompiledPolicy policy) {
    return policy.instance(Bundle.builtIn().data()).evaluate("{}");
  }

  private Path made(String name) throws IOException {
    try (Stream<Path> files = Files.walk(dir.resolve(name))) {
      List<Path> made = files.filter(Files::isRegularFile).toList();
      assertThat(made).hasSize(1);
      return made.getFirst();
    }
  }
}
