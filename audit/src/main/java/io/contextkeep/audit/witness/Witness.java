package io.contextkeep.audit.witness;

import io.contextkeep.audit.LogStore;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.NoteSignature;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.Proofs;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A witness (C2SP tlog-witness): it cosigns a log's checkpoint only if that extends the last one it
 * cosigned, so that its signature says that the log has shown it one history. Its memory is durable
 * before its signature leaves.
 *
 * <p>It is not a server: {@link #add} gives the answer to {@code POST add-checkpoint}.
 */
public final class Witness {

  /** An answer in terms of HTTP. */
  public record Reply(int status, String contentType, String body) {
    private static Reply of(int status, String why) {
      return new Reply(status, "text/plain; charset=utf-8", why + "\n");
    }
  }

  /** The store of what was cosigned; empty if no log is watched. */
  private final Optional<LogStore> store;

  private final List<SignerKey> signers;
  private final Map<String, List<VerifierKey>> logs;

  /**
   * Creates a witness of these logs.
   *
   * @param signers the witness's cosigning keys
   * @param logs the keys of each watched log by its origin
   */
  public Witness(LogStore store, List<SignerKey> signers, Map<String, List<VerifierKey>> logs) {
    this(Optional.of(store), signers, logs);
  }

  private Witness(
      Optional<LogStore> store, List<SignerKey> signers, Map<String, List<VerifierKey>> logs) {
    if (signers.isEmpty() || signers.stream().anyMatch(key -> !key.verifier().type().cosigns())) {
      throw new IllegalArgumentException("A witness must sign with cosigning keys");
    }
    this.store = store;
    this.signers = List.copyOf(signers);
    this.logs = Map.copyOf(logs);
  }

  /** Creates a witness of no log. */
  public static Witness ofNoLog(List<SignerKey> signers) {
    return new Witness(Optional.empty(), signers, Map.of());
  }

  /** Returns the witness's tables, as SQL statements separated by semicolons. */
  public static String schema() {
    return """
    CREATE TABLE witness_checkpoint (
      origin TEXT PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
    """;
  }

  /** Returns the keys for logs that trust this witness. */
  public List<VerifierKey> verifiers() {
    return signers.stream().map(SignerKey::verifier).toList();
  }

  /** Answers a request to cosign a checkpoint. */
  public Reply add(byte[] body) {
    try {
      AddCheckpoint request = AddCheckpoint.parse(body);
      Checkpoint checkpoint = Checkpoint.parse(request.checkpoint().text());
      List<VerifierKey> keys = logs.getOrDefault(checkpoint.origin(), List.of());
      if (keys.isEmpty()) {
        return Reply.of(404, "This witness does not watch that log");
      }
      if (request.checkpoint().verify(keys) instanceof Note.Verdict.Rejected rejected) {
        return Reply.of(403, "The checkpoint is not trusted: " + rejected.why());
      }
      if (request.oldSize() > checkpoint.size()) {
        return Reply.of(400, "The old size is larger than the checkpoint's");
      }
      // One transaction compares and remembers: two requests at once cannot both extend one state.
      return store.orElseThrow().inWrite(c -> cosign(c, request, checkpoint));
    } catch (MalformedNote e) {
      return Reply.of(400, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Returns the last cosigned checkpoint, for monitors of the log.
   *
   * @param originHash SHA-256 of the log's origin, in hexadecimal
   */
  public Optional<Note> latest(String originHash) {
    return logs.keySet().stream()
        .filter(origin -> hash(origin).equals(originHash))
        .findFirst()
        .flatMap(origin -> store.orElseThrow().inRead(c -> last(c, origin)));
  }

  private Reply cosign(Connection c, AddCheckpoint request, Checkpoint checkpoint)
      throws SQLException {
    Optional<Checkpoint> last =
        last(c, checkpoint.origin()).map(note -> Checkpoint.parse(note.text()));
    long size = last.map(Checkpoint::size).orElse(0L);
    if (request.oldSize() != size) {
      return new Reply(409, "text/x.tlog.size", size + "\n");
    }
    if (!extend(last, checkpoint, request.proof())) {
      return Reply.of(422, "The proof does not show that the checkpoint extends the last one");
    }
    Note cosigned = Note.sign(checkpoint.text(), signers);
    remember(c, checkpoint, request.checkpoint().with(cosigned.signatures()));
    return new Reply(
        200,
        "text/plain; charset=utf-8",
        cosigned.signatures().stream().map(NoteSignature::line).collect(Collectors.joining()));
  }

  private static boolean extend(
      Optional<Checkpoint> last, Checkpoint checkpoint, List<byte[]> proof) {
    if (checkpoint.size() == 0 && !Arrays.equals(checkpoint.root(), Hashes.empty())) {
      return false;
    }
    return last.filter(before -> before.size() > 0)
        .map(
            before ->
                Proofs.verifyConsistency(
                    before.size(), checkpoint.size(), proof, before.root(), checkpoint.root()))
        .orElse(proof.isEmpty());
  }

  private static Optional<Note> last(Connection c, String origin) throws SQLException {
    try (PreparedStatement select =
        c.prepareStatement("SELECT note FROM witness_checkpoint WHERE origin = ?")) {
      select.setString(1, origin);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(Note.parse(row.getString(1))) : Optional.empty();
      }
    }
  }

  private static void remember(Connection c, Checkpoint checkpoint, Note note) throws SQLException {
    try (PreparedStatement upsert =
        c.prepareStatement(
            "INSERT INTO witness_checkpoint (origin, size, note) VALUES (?, ?, ?) ON CONFLICT"
                + " (origin) DO UPDATE SET size = excluded.size, note = excluded.note")) {
      upsert.setString(1, checkpoint.origin());
      upsert.setLong(2, checkpoint.size());
      upsert.setString(3, note.toString());
      upsert.executeUpdate();
    }
  }

  private static String hash(String origin) {
    return HexFormat.of()
        .formatHex(Hashes.sha256().digest(origin.getBytes(StandardCharsets.UTF_8)));
  }
}
