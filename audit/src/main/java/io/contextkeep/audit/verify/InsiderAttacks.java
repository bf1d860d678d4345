package io.contextkeep.audit.verify;

import io.contextkeep.audit.AccessProof;
import io.contextkeep.audit.Jcs;
import io.contextkeep.audit.Replay;
import io.contextkeep.audit.ViewKey;
import io.contextkeep.audit.labels.LabelProof;
import io.contextkeep.audit.labels.LabelTree;
import io.contextkeep.audit.labels.Labelled;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.SignerKey;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.source.DirectoryLog;
import io.contextkeep.audit.tree.ProofMaker;
import io.contextkeep.audit.verify.TamperDrill.Attack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Attacks by the vault, which has the log's key, so that its signatures are valid. So that the
 * drill needs no secret, the copy is signed with a key of the drill's own.
 */
final class InsiderAttacks {
  private static final byte[] SEED =
      Arrays.copyOf("tamper-drill".getBytes(StandardCharsets.UTF_8), 32);
  private static final HexFormat HEX = HexFormat.of();

  private final LogFiles files;
  private final String origin;
  private final SignerKey signer;

  private InsiderAttacks(LogFiles files) {
    this.files = signedAnew(files);
    this.origin = origin(files);
    this.signer = SignerKey.ed25519(origin, SEED);
  }

  static List<Attack> all(LogFiles files) {
    InsiderAttacks insider = new InsiderAttacks(files);
    return List.of(
        new Attack(
            "with the log's key: show another history of the same size",
            "a reader who kept a checkpoint, or a witness",
            insider::twoHistories),
        new Attack(
            "with the log's key: record a false root of the index",
            "anyone who replays the log",
            directory ->
                insider.noticed(
                    directory,
                    leaf(
                        "map-root",
                        Map.of("size", files.entries().size(), "root", "ff".repeat(32))))),
        new Attack(
            "with the log's key: give two entries the same label",
            "anyone who replays the log",
            directory -> {
              byte[] labelled = leaf("read", Map.of("labels", List.of("ab".repeat(32))));
              return insider.noticed(directory, labelled, labelled);
            }),
        new Attack(
            "with the log's key: hide the newest entry from the customer it is about",
            "the customer",
            insider::hiddenEntry));
  }

  /** Returns the keys that sign the log, as it states. */
  static List<VerifierKey> signers(LogFiles files) {
    Replay replay = new Replay(List.of());
    files.entries().forEach(replay::entry);
    replay.checkpoint(files.newest());
    return replay.signers();
  }

  /** Returns the same entries under the drill's key, as if it had always been the log's. */
  static LogFiles signedAnew(LogFiles files) {
    SignerKey key = SignerKey.ed25519(origin(files), SEED);
    String named = "\"ed25519\":\"" + HEX.formatHex(key.verifier().publicKey()) + "\"";
    List<byte[]> entries =
        files.entries().stream()
            .map(entry -> new String(entry, StandardCharsets.UTF_8))
            .map(entry -> entry.replaceFirst("\"ed25519\":\"[0-9a-f]{64}\"", named))
            .map(entry -> entry.getBytes(StandardCharsets.UTF_8))
            .toList();
    LogFiles anew = new LogFiles(entries, files.history(), key.verifier() + "\n", files.sealed());
    return anew.withHistory(List.of(signed(anew, key)));
  }

  private Optional<String> twoHistories(Path directory) throws IOException {
    List<byte[]> other = new ArrayList<>(files.entries());
    other.set(other.size() - 1, leaf("read", Map.of("actor", "nobody")));
    LogFiles fork = files.withEntries(other);
    fork.withHistory(List.of(signed(fork, signer))).write(directory);
    return TamperDrill.problem(directory, List.of(signer.verifier()), files.newest())
        .filter(problem -> problem.startsWith("FORK"));
  }

  private Optional<String> noticed(Path directory, byte[]... more) throws IOException {
    LogFiles grown = grown(more);
    grown.write(directory);
    return TamperDrill.problem(directory, List.of(signer.verifier()), files.newest());
  }

  /** Hides one of three entries about a customer, with every possible proof. */
  private Optional<String> hiddenEntry(Path directory) throws IOException {
    ViewKey customer = new ViewKey(SEED);
    int first = files.entries().size();
    List<byte[]> more = new ArrayList<>();
    List<Labelled> labels = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      String label = HEX.formatHex(customer.label(n));
      more.add(leaf("read", Map.of("labels", List.of(label))));
      labels.add(new Labelled(customer.label(n), first + n));
    }
    Map<Integer, byte[]> stored = new HashMap<>();
    LabelTree index = new LabelTree();
    index.add(new InMemory(stored), labels);
    more.add(leaf("map-root", Map.of("size", first + 3, "root", HEX.formatHex(index.root()))));
    LogFiles grown = grown(more.toArray(byte[][]::new));
    grown.write(directory);
    ProofMaker<IOException> tree =
        new ProofMaker<>(new DirectoryLog(directory), grown.entries().size());
    List<AccessProof.Access> shown = new ArrayList<>();
    for (int n = 0; n < 2; n++) {
      LabelProof found = index.prove(new InMemory(stored), customer.label(n));
      shown.add(new AccessProof.Access(n, entry(grown, tree, first + n), found.siblings()));
    }
    List<AccessProof.Absence> absent = new ArrayList<>();
    for (int n = 2; n < 2 + AccessProof.WINDOW; n++) {
      absent.add(new AccessProof.Absence(n, index.prove(new InMemory(stored), customer.label(n))));
    }
    AccessProof proof =
        new AccessProof(
            entry(grown, tree, first + 3), shown, absent, List.of(), Note.parse(grown.newest()));
    return proof.verify(customer::label, TrustPolicy.of(List.of(signer.verifier())))
            instanceof AccessProof.Verdict.Refuted refuted
        ? Optional.of(refuted.why())
        : Optional.empty();
  }

  private static AccessProof.Entry entry(LogFiles log, ProofMaker<IOException> tree, int index)
      throws IOException {
    return new AccessProof.Entry(
        index, new String(log.entries().get(index), StandardCharsets.UTF_8), tree.inclusion(index));
  }

  private LogFiles grown(byte[]... more) {
    List<byte[]> entries = new ArrayList<>(files.entries());
    entries.addAll(List.of(more));
    LogFiles grown = files.withEntries(entries);
    return grown.withHistory(List.of(signed(grown, signer)));
  }

  private static String signed(LogFiles files, SignerKey key) {
    String text =
        new Checkpoint(key.verifier().name(), files.entries().size(), files.tree().root()).text();
    return Note.sign(text, List.of(key)).toString();
  }

  private static String origin(LogFiles files) {
    return Checkpoint.parse(Note.parse(files.newest()).text()).origin();
  }

  /** Returns an entry with the latest possible time. */
  private static byte[] leaf(String type, Map<String, Object> facts) {
    Map<String, Object> leaf = new HashMap<>(facts);
    leaf.put("v", 1);
    leaf.put("type", type);
    leaf.put("time", (1L << 53) - 1);
    return Jcs.bytes(leaf);
  }

  private record InMemory(Map<Integer, byte[]> records)
      implements LabelTree.Buckets<RuntimeException> {
    @Override
    public byte[] read(int prefix) {
      return records.getOrDefault(prefix, new byte[0]);
    }

    @Override
    public void write(int prefix, byte[] bytes, int labels, byte[] hash) {
      records.put(prefix, bytes);
    }
  }
}
