package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.LogVerifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.web.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * A check of the whole log in steps, each in a snapshot of its own, so that a long check does not
 * keep the database's WAL from being reused.
 */
final class AuditCheck {
  private static final int STEP = 10_000;

  private final Db db;

  AuditCheck(Db db) {
    this.db = db;
  }

  /** The number of entries that were checked so far. */
  private record Checked(long checked) {}

  /** The result of a check. */
  record Found(long size, String root, boolean whole, List<String> problems) {
    static Found of(LogVerifier.Verification found) {
      return new Found(found.size(), found.root(), found.whole(), found.problems());
    }
  }

  /** Checks the log and returns the result. */
  Found whole() {
    return Found.of(run(_ -> {}));
  }

  /** Checks the log; writes a line after each step, {@code {"checked": 10000}}, and the result. */
  void lines(OutputStream out) throws IOException {
    line(out, Found.of(run(checked -> line(out, new Checked(checked)))));
  }

  /** Receives the number of entries that were checked. */
  private interface Progress<E extends Exception> {
    void at(long checked) throws E;
  }

  private <E extends Exception> LogVerifier.Verification run(Progress<E> progress) throws E {
    LogVerifier verifier = db.inRead(LogVerifier::begin);
    while (!db.<Boolean>inRead(c -> verifier.step(c, STEP))) {
      progress.at(verifier.size());
    }
    return verifier.found();
  }

  private static void line(OutputStream out, Record line) throws IOException {
    out.write(Json.MAPPER.writeValueAsBytes(line));
    out.write('\n');
    out.flush();
  }
}
