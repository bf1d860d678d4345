package io.contextkeep.vault.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernel refuses one write or sync of the log's files, or all from one on: an append is
 * refused, or it is in a log that is valid after a restart. There are several hundred places where
 * that can happen; each run tries other ones, {@code -Dfaults.places} of them.
 */
@Timeout(1_800)
final class LogFaultsIT {
  private static final int WRITERS = 4;
  private static final int APPENDS = 10;
  private static final int PLACES = Integer.getInteger("faults.places", 4);

  /** The most calls of one kind on one file in which a run meets a fault. */
  private static final int MAX_PLACES = 120;

  private static final String WRITES = "pwrite64";
  private static final String SYNCS = "fsync,fdatasync";

  @TempDir Path dir;

  /** The calls that fail. */
  private record Fault(String file, String calls, String error, String when) {}

  /** The outcome. */
  private record Outcome(int injected, int receipts, int refusals) {}

  @Test
  void afterAnyFailedSystemCall_theAppendIsRefused_orInAValidLog() throws Exception {
    Strace.assumeAllowed();
    long seed = System.nanoTime();
    List<Fault> faults = faults();
    Collections.shuffle(faults, new Random(seed));
    for (int run = 0; run < Math.min(PLACES, faults.size()); run++) {
      outcome(faults.get(run), dir.resolve(String.valueOf(run)));
    }
  }

  /** The log refuses further entries and keeps earlier ones. */
  @Test
  void onceTheDiskRefusesEverySync_nothingIsAcknowledged() throws Exception {
    Strace.assumeAllowed();
    Outcome outcome = outcome(new Fault("vault.db-wal", SYNCS, "EIO", "8+"), dir.resolve("log"));
    assertThat(outcome.injected()).isPositive();
    assertThat(outcome.receipts()).isPositive();
    assertThat(outcome.refusals()).isPositive();
  }

  private static List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    for (int place = 1; place <= MAX_PLACES; place++) {
      for (String file : List.of("vault.db-wal", "vault.db", "last.checkpoint")) {
        faults.add(new Fault(file, WRITES, "EIO", String.valueOf(place)));
        faults.add(new Fault(file, WRITES, "ENOSPC", place + "+"));
        if (place <= MAX_PLACES / 4) {
          faults.add(new Fault(file, SYNCS, "EIO", String.valueOf(place)));
          faults.add(new Fault(file, SYNCS, "EIO", place + "+"));
        }
      }
    }
    return faults;
  }

  private static Outcome outcome(Fault fault, Path dir) throws Exception {
    Files.createDirectories(dir);
    Path trace = dir.resolve("trace");
    Path log = dir.resolve("log");
    List<String> prefix =
        Strace.failing(
            trace, log.resolve(fault.file()), fault.calls(), fault.error(), fault.when());
    try (ChildLog child = ChildLog.start(log, prefix, dir.resolve("errors"), WRITERS, APPENDS)) {
      child.awaitEnd();
      if (child.done()) {
        assertThat(child.receipts().size() + child.refusals())
            .as("%s", fault)
            .isEqualTo(WRITERS * APPENDS);
      }
      try (LogProgram.Opened opened = LogProgram.Opened.at(log)) {
        new History().holds(opened, child.receipts());
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("after " + fault, e);
      }
      return new Outcome(injected(trace), child.receipts().size(), child.refusals());
    }
  }

  private static int injected(Path trace) throws IOException {
    try (Stream<String> lines = Files.lines(trace)) {
      return (int) lines.filter(line -> line.contains("(INJECTED)")).count();
    }
  }
}
