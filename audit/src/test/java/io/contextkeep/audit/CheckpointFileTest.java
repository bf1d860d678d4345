package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointFileTest {
  @TempDir Path dir;

  @Test
  void theLastNote_isReadBack_evenWithoutAClose() throws IOException {
    Path path = dir.resolve("last.checkpoint");
    try (CheckpointFile file = CheckpointFile.open(path)) {
      assertThat(file.read()).isEmpty();
      for (String note : new String[] {"", "long\n".repeat(100), "short\n", "— n\n"}) {
        file.keep(note);
        assertThat(file.read()).contains(note);
        try (CheckpointFile other = CheckpointFile.open(path)) {
          assertThat(other.read()).contains(note);
        }
      }
    }
  }

  /** Every point at which the write of the second note can be interrupted. */
  @Test
  void aTornWrite_leavesTheNoteBefore() throws IOException {
    Path before = dir.resolve("before");
    Path after = dir.resolve("after");
    for (Path path : new Path[] {before, after}) {
      try (CheckpointFile file = CheckpointFile.open(path)) {
        file.keep("first\n");
        if (path.equals(after)) {
          file.keep("second\n");
        }
      }
    }
    byte[] old = Files.readAllBytes(before);
    byte[] fresh = Files.readAllBytes(after);
    Path torn = dir.resolve("torn");
    int seconds = 0;
    for (int cut = 0; cut <= 200; cut++) {
      byte[] mixed = java.util.Arrays.copyOf(old, fresh.length);
      System.arraycopy(fresh, 0, mixed, 0, cut);
      Files.write(torn, mixed);
      try (CheckpointFile file = CheckpointFile.open(torn)) {
        assertThat(file.read().orElseThrow()).isIn("first\n", "second\n");
        seconds += file.read().orElseThrow().equals("second\n") ? 1 : 0;
      }
    }
    assertThat(seconds).as("the whole of it counts").isPositive();
  }

  @Test
  void aFileOfGarbage_isTreatedAsEmpty() throws IOException {
    Path path = dir.resolve("garbage");
    Files.writeString(path, "x".repeat(5_000));
    try (CheckpointFile file = CheckpointFile.open(path)) {
      assertThat(file.read()).isEmpty();
    }
  }
}
