package io.contextkeep.vault.simulation;

import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Json;
import io.contextkeep.vault.web.Media;
import io.contextkeep.vault.web.Problem;
import io.contextkeep.vault.web.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/** The answers of replays: whole, or in lines with their progress. */
final class ReplayAnswers {
  static final String[] FORMS = {Media.JSON, Media.LINES};

  /** Allows one replay at a time, as a replay reads the whole log. */
  private final Semaphore permit = new Semaphore(1);

  /** A replay that reports its progress. */
  interface Run extends Function<Replay.Progress, Replayed> {}

  /**
   * Answers with a replay's result.
   *
   * @param begin checks and records the replay before anything is answered
   * @param shown makes the answer of the result
   */
  Answer of(Request request, Supplier<Run> begin, Function<Replayed, ?> shown) {
    if (!permit.tryAcquire()) {
      throw new Problem(503, "overloaded", "Another replay is under way; try again later");
    }
    boolean streamed = false;
    try {
      Run run = begin.get();
      if (request.type().equals(Media.JSON)) {
        return Answer.ok(shown.apply(run.apply((_, _) -> {})));
      }
      streamed = true;
      return Answer.streamed(Media.LINES, Map.of(), new Lines(run, shown));
    } catch (PolicyChanged e) {
      throw new Problem(
          409,
          "policy_changed",
          "Another policy came into force during the replay; start it again");
    } finally {
      if (!streamed) {
        permit.release();
      }
    }
  }

  /** Lines with the progress, {@code {"done": 256, "entries": 1000}}, and the result at the end. */
  private final class Lines implements Answer.Stream {
    private final Run run;
    private final Function<Replayed, ?> shown;

    Lines(Run run, Function<Replayed, ?> shown) {
      this.run = run;
      this.shown = shown;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try {
        line(out, shown.apply(run.apply((done, entries) -> progress(out, done, entries))));
      } catch (UncheckedIOException gone) {
        throw new IOException("The client has gone", gone);
      }
    }

    private static void progress(OutputStream out, long done, long entries) {
      try {
        line(out, Map.of("done", done, "entries", entries));
      } catch (IOException gone) {
        throw new UncheckedIOException(gone);
      }
    }

    private static void line(OutputStream out, Object line) throws IOException {
      out.write(Json.MAPPER.writeValueAsBytes(line));
      out.write('\n');
      out.flush();
    }

    @Override
    public void end() {
      permit.release();
    }
  }
}
