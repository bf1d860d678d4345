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
 * A reader's trust policy (C2SP tlog-policy): the trusted logs, and how many of which witnesses
 * must have cosigned a checkpoint before it is trusted.
 */
public final class TrustPolicy {

  /** A trusted log with its key. */
  public record Log(VerifierKey key, Optional<URI> url) {}

  /** A witness under its name in this policy. */
  public record Witness(String name, VerifierKey key, Optional<URI> url) {}

  /** The quorum of witnesses. */
  sealed interface Quorum {
    boolean reached(Set<String> cosigned);

    /** A quorum without witnesses. */
    record None() implements Quorum {
      @Override
      public boolean reached(Set<String> cosigned) {
        return true;
      }
    }

    /** A quorum of one particular witness. */
    record One(String name) implements Quorum {
      @Override
      public boolean reached(Set<String> cosigned) {
        return cosigned.contains(name);
      }
    }

    /** A quorum of a number of members. */
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

  /** The result of {@link #check}. */
  public sealed interface Verdict {
    /** The checkpoint is trusted. */
    record Accepted(Checkpoint checkpoint) implements Verdict {}

    /** The checkpoint is not trusted. */
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

  /** Returns a policy that trusts a log by any of its keys, without a witness. */
  public static TrustPolicy of(List<VerifierKey> logKeys) {
    return new TrustPolicy(
        logKeys.stream().map(key -> new Log(key, Optional.empty())).toList(),
        List.of(),
        new Quorum.None());
  }

  /**
   * Parses a policy file.
   *
   * @throws MalformedPolicy naming the line and the fault
   */
  public static TrustPolicy parse(byte[] file) {
    return PolicyFile.parse(file);
  }

  /** Returns a copy with the same witnesses and quorum for the log of these keys. */
  public TrustPolicy trusting(List<VerifierKey> logKeys) {
    return new TrustPolicy(of(logKeys).logs, witnesses, quorum);
  }

  public List<Log> logs() {
    return logs;
  }

  public List<Witness> witnesses() {
    return witnesses;
  }

  /** Returns whether a checkpoint without cosignatures can be trusted. */
  public boolean needsNoWitness() {
    return quorum.reached(Set.of());
  }

  /**
   * Checks that the note is a checkpoint of a trusted log that enough witnesses cosigned. A false
   * signature of any known key rejects it.
   */
  public Verdict check(Note note) {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.parse(note.text());
    } catch (MalformedNote e) {
      return new Verdict.Rejected("it is not a checkpoint");
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

  /** A malformed policy file. */
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
