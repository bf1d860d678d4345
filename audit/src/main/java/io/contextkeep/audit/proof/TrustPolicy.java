package io.contextkeep.audit.proof;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.KeyType;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.VerifierKey;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whom a reader trusts (C2SP tlog-policy): the logs whose checkpoints count, and how many of which
 * witnesses must have seen a checkpoint before it does.
 */
public final class TrustPolicy {

  /** A log that is trusted to have signed a checkpoint of its name. */
  public record Log(VerifierKey key, Optional<URI> url) {}

  /** A witness under the name that only this policy gives it. */
  public record Witness(String name, VerifierKey key, Optional<URI> url) {}

  /** Which witnesses are enough. */
  sealed interface Quorum {
    boolean reached(Set<String> cosigned);

    /** No witness is needed. */
    record None() implements Quorum {
      @Override
      public boolean reached(Set<String> cosigned) {
        return true;
      }
    }

    /** This very witness. */
    record One(String name) implements Quorum {
      @Override
      public boolean reached(Set<String> cosigned) {
        return cosigned.contains(name);
      }
    }

    /** So many of these. */
    record Group(int threshold, List<Quorum> members) implements Quorum {
      public Group {
        members = List.copyOf(members);
      }

      @Override
      public boolean reached(Set<String> cosigned) {
        return members.stream().filter(m -> m.reached(cosigned)).count() >= threshold;
      }
    }
  }

  /** What came of {@link #check}. */
  public sealed interface Verdict {
    /** The checkpoint counts. */
    record Accepted(Checkpoint checkpoint) implements Verdict {}

    /** It does not, whatever it says. */
    record Rejected(String why) implements Verdict {}
  }

  private final List<Log> logs;
  private final List<Witness> witnesses;
  private final Quorum quorum;

  TrustPolicy(List<Log> logs, List<Witness> witnesses, Quorum quorum) {
    this.logs = List.copyOf(logs);
    this.witnesses = List.copyOf(witnesses);
    this.quorum = quorum;
  }

  /** Trusts one log, by any of its keys, without a witness. */
  public static TrustPolicy of(List<VerifierKey> logKeys) {
    return new TrustPolicy(
        logKeys.stream().map(key -> new Log(key, Optional.empty())).toList(),
        List.of(),
        new Quorum.None());
  }

  /**
   * Reads a policy file.
   *
   * @throws MalformedPolicy naming the line and what is wrong with it
   */
  public static TrustPolicy parse(byte[] file) {
    return PolicyFile.parse(file);
  }

  /** The same witnesses and quorum, for the log that these keys sign and no other. */
  public TrustPolicy trusting(List<VerifierKey> logKeys) {
    return new TrustPolicy(of(logKeys).logs, witnesses, quorum);
  }

  public List<Log> logs() {
    return logs;
  }

  public List<Witness> witnesses() {
    return witnesses;
  }

  /** Whether a checkpoint can count that nobody but the log has signed. */
  public boolean needsNoWitness() {
    return quorum.reached(Set.of());
  }

  /**
   * Whether the note is a checkpoint of a trusted log that enough witnesses saw. A false signature
   * of anyone known rejects it.
   */
  public Verdict check(Note note) {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.parse(note.text());
    } catch (MalformedNote e) {
      return new Verdict.Rejected("it is no checkpoint");
    }
    List<VerifierKey> logKeys =
        logs.stream().map(Log::key).filter(key -> key.name().equals(checkpoint.origin())).toList();
    if (logKeys.isEmpty()) {
      return new Verdict.Rejected("the log " + checkpoint.origin() + " is not trusted");
    }
    List<VerifierKey> known =
        Stream.concat(logKeys.stream(), witnesses.stream().map(Witness::key)).toList();
    return switch (note.verify(known)) {
      case Note.Verdict.Rejected rejected -> new Verdict.Rejected(rejected.why());
      case Note.Verdict.Signed signed -> judge(checkpoint, logKeys, signed.by());
    };
  }

  private Verdict judge(Checkpoint checkpoint, List<VerifierKey> logKeys, List<VerifierKey> by) {
    if (by.stream().noneMatch(logKeys::contains)) {
      return new Verdict.Rejected("the log itself did not sign it");
    }
    Set<String> cosigned =
        witnesses.stream()
            .filter(witness -> by.contains(witness.key()))
            .map(Witness::name)
            .collect(Collectors.toSet());
    return quorum.reached(cosigned)
        ? new Verdict.Accepted(checkpoint)
        : new Verdict.Rejected("only " + cosigned.size() + " witnesses cosigned it, too few");
  }

  /** A policy file that does not say clearly whom to trust. */
  public static final class MalformedPolicy extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    MalformedPolicy(int line, String what) {
      super("Line " + line + " of the policy: " + what);
    }
  }

  static boolean signsLogs(VerifierKey key) {
    return key.type() != KeyType.ED25519_COSIGNATURE;
  }

  static boolean signsAsWitness(VerifierKey key) {
    return key.type() != KeyType.ED25519;
  }
}
