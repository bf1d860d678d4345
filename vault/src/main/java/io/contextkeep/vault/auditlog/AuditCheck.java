package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.LogVerifier;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.web.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Checks the whole log in steps, each in a snapshot of its own: a long check keeps no old state of
 * the database from being forgotten, and says how far it is.
 */
final class AuditCheck {
  private static final int STEP = 10_000;

  private final Db db;

  AuditCheck(Db db) {
    this.db = db;
  }

  /** What was found, at the end. */
  Map<String, Object> whole() {
    return result(run(_ -> {}));
  }

  /** A line for each step, {@code {"checked": 10000}}, and what was found as the last. */
  void lines(OutputStream out) throws IOException {
    line(out, result(run(checked -> line(out, Map.of("checked", checked)))));
  }

  /** Told how many entries are checked. */
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

  private static void line(OutputStream out, Map<String, Object> line) throws IOException {
    out.write(Json.MAPPER.writeValueAsBytes(line));
    out.write('\n');
    out.flush();
  }

  private static Map<String, Object> result(LogVerifier.Verification verification) {
    return Map.of(
        "size", verification.size(),
        "root", verification.root(),
        "whole", verification.whole(),
        "problems", verification.problems());
  }
}
