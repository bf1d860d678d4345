package io.contextkeep.audit.verify;

import io.contextkeep.audit.AccessProof;
import io.contextkeep.audit.AccessProof.Verdict;
import io.contextkeep.audit.ViewKey;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.source.LogSource;
import io.contextkeep.audit.source.SmallFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Checks a customer's list of accesses, from a file or part by part from a vault, and prints it.
 * Every entry, the end of the list and the signatures are verified.
 */
final class AccessCheck {
  private static final int PART = 200;

  /** The most entries after a live vault's root, which it records within seconds. */
  private static final Duration FRESH = Duration.ofMinutes(10);

  /** The most bytes of a list of accesses. */
  private static final int MAX = 1 << 26;

  private final ViewKey key;
  private final TrustPolicy policy;
  private final InstantSource clock;
  private final PrintStream out;

  AccessCheck(ViewKey key, TrustPolicy policy, InstantSource clock, PrintStream out) {
    this.key = key;
    this.policy = policy;
    this.clock = clock;
    this.out = out;
  }

  /** Checks a stored proof, which shows the state of its time. */
  int file(Path file) throws IOException {
    AccessProof proof = AccessProof.parse(SmallFile.text(file, MAX));
    return switch (proof.verify(key, policy)) {
      case Verdict.Refuted refuted -> refuted(refuted.why());
      case Verdict.Complete complete -> {
        print(complete);
        conclude(complete, complete.entries().size());
        yield complete.whole() ? 0 : 2;
      }
    };
  }

  /** Checks the list that the vault shows now. */
  int vault(LogSource vault) throws IOException {
    long missing = 0;
    long next = 0;
    while (true) {
      AccessProof proof = part(vault, next);
      Verdict verdict = proof.verify(key, policy);
      if (verdict instanceof Verdict.Refuted refuted) {
        return refuted(refuted.why());
      }
      Verdict.Complete complete = (Verdict.Complete) verdict;
      if (next == 0 && !proof.accesses().isEmpty()) {
        missing = proof.accesses().getFirst().n();
        next = missing;
      }
      boolean askedFor =
          proof.accesses().isEmpty()
              ? next == complete.total()
              : proof.accesses().getFirst().n() == next;
      if (!askedFor) {
        return refuted("the vault does not show the part that was asked for");
      }
      print(complete);
      next += proof.accesses().size();
      if (next == complete.total()) {
        conclude(complete, next - missing);
        return fresh(complete) ? whole(missing) : 1;
      }
    }
  }

  private static AccessProof part(LogSource vault, long first) throws IOException {
    byte[] text =
        vault
            .file("v1/me/accesses/proof?first=" + first + "&limit=" + PART)
            .orElseThrow(() -> new IOException("the vault holds nothing about this account"));
    return AccessProof.parse(new String(text, StandardCharsets.UTF_8));
  }

  private int refuted(String why) {
    out.println("The list is not proved: " + why + ".");
    return 1;
  }

  private void print(Verdict.Complete part) {
    part.entries().forEach(entry -> out.println(entry.index() + " " + entry.leaf()));
  }

  private void conclude(Verdict.Complete last, long listed) {
    out.println(
        listed
            + " of "
            + last.total()
            + " entries, all among the first "
            + last.covered()
            + " of the log, as recorded "
            + Instant.ofEpochMilli(last.recorded())
            + ".");
  }

  /** Reports entries that cannot be checked because the log has pruned them. */
  private int whole(long missing) {
    if (missing > 0) {
      out.println(
          "Not checked: the entries 0 to "
              + (missing - 1)
              + ", which the vault does not show; 'audit verify' reports what the log has pruned.");
    }
    return missing > 0 ? 2 : 0;
  }

  private boolean fresh(Verdict.Complete complete) {
    Instant recorded = Instant.ofEpochMilli(complete.recorded());
    boolean fresh = complete.beyond() == 0 || recorded.plus(FRESH).isAfter(clock.instant());
    if (!fresh) {
      out.println(
          "The list is out of date: the log has "
              + complete.beyond()
              + " entries more, and the vault has recorded no root over them for "
              + FRESH.toMinutes()
              + " minutes.");
    }
    return fresh;
  }
}
