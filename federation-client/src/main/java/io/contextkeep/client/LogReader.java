package io.contextkeep.client;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.LogWatch;
import io.contextkeep.audit.proof.TlogProof;
import io.contextkeep.audit.source.LogSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Checks the vault's audit log against the pinned keys and the newest checkpoint seen. A verified
 * checkpoint is stored before the result is returned.
 */
final class LogReader {

  /** The vault cannot be asked now. */
  private static final class NotReached extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Unavailable why;

    NotReached(Unavailable why) {
      super("The log cannot be read now");
      this.why = why;
    }
  }

  /** The vault's proof is invalid or missing. */
  private static final class NotShown extends IOException {
    private static final long serialVersionUID = 1;

    NotShown(String why) {
      super(why);
    }
  }

  private final LogTrust trust;
  private final Function<String, Wire.Outcome> get;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  /**
   * @param get reads a path without a token, since the log is public
   */
  LogReader(LogTrust trust, Function<String, Wire.Outcome> get) {
    this.trust = trust;
    this.get = get;
  }

  LogVerdict verify(Receipt receipt) {
    return checked(() -> proven(receipt));
  }

  LogVerdict look() {
    return checked(
        () -> {
          Note shown = Note.parse(text("/audit/checkpoint"));
          return observed(shown, shown.toString());
        });
  }

  private interface Check {
    LogVerdict run() throws IOException;
  }

  /** Checks one at a time, since each is compared with the result of the last. */
  private LogVerdict checked(Check check) {
    oneAtATime.lock();
    try {
      return check.run();
    } catch (NotReached e) {
      return e.why;
    } catch (NotShown | MalformedNote e) {
      return new LogVerdict.Broken(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new IllegalStateException("The log's reader failed", e);
    } finally {
      oneAtATime.unlock();
    }
  }

  private LogVerdict proven(Receipt receipt) throws IOException {
    TlogProof proof = TlogProof.parse(text("/v1/receipts/" + receipt.index()));
    if (proof.index() != receipt.index()) {
      throw new NotShown("the proof is of another entry");
    }
    byte[] leaf = HexFormat.of().parseHex(receipt.leafHash());
    return switch (proof.verify(leaf, trust.policy())) {
      case TlogProof.Verdict.Refuted refuted -> new LogVerdict.Broken(refuted.why());
      case TlogProof.Verdict.Proven _ -> observed(proof.checkpoint(), proof.toString());
    };
  }

  private LogVerdict observed(Note shown, String evidence) throws IOException {
    Optional<String> before = trust.seen().read();
    LogWatch watch = watch(before);
    LogSource tiles = this::tile;
    return switch (watch.observe(shown, tiles)) {
      case LogWatch.Outcome.Consistent(LogWatch next) -> {
        next.seen()
            .map(Note::toString)
            .filter(note -> !before.equals(Optional.of(note)))
            .ifPresent(trust.seen()::keep);
        yield new LogVerdict.Holds(evidence, Checkpoint.parse(shown.text()).size());
      }
      case LogWatch.Outcome.Untrusted untrusted -> new LogVerdict.Broken(untrusted.why());
      case LogWatch.Outcome.Unproven unproven -> new LogVerdict.Broken(unproven.why());
      case LogWatch.Outcome.Fork fork ->
          new LogVerdict.Fork(fork.seen().toString(), fork.shown().toString());
    };
  }

  private LogWatch watch(Optional<String> before) {
    try {
      return before.isPresent()
          ? LogWatch.resume(trust.policy(), before.get())
          : LogWatch.begin(trust.policy());
    } catch (MalformedNote e) {
      throw new IllegalStateException("The stored state of the log is not a checkpoint", e);
    }
  }

  private String text(String path) throws IOException {
    byte[] body = body(path).orElseThrow(() -> new NotShown("the log does not have " + path));
    return new String(body, StandardCharsets.UTF_8);
  }

  private Optional<byte[]> tile(String name) throws IOException {
    return body("/audit/" + name);
  }

  private Optional<byte[]> body(String path) throws IOException {
    return switch (get.apply(path)) {
      case Wire.Unanswered(Unavailable why) -> throw new NotReached(why);
      case Wire.Answered answered when answered.status() == 200 -> Optional.of(answered.body());
      case Wire.Answered answered when answered.status() == 404 -> Optional.empty();
      case Wire.Answered answered ->
          throw new NotShown("the vault answered " + answered.status() + " for " + path);
    };
  }
}
