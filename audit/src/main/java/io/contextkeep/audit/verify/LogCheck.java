package io.contextkeep.audit.verify;

import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.Replay;
import io.contextkeep.audit.StoredTiles;
import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.MalformedNote;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.proof.LogWatch;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.source.Accounts;
import io.contextkeep.audit.source.LogSource;
import io.contextkeep.audit.source.TokenNeeded;
import io.contextkeep.audit.tree.Frontier;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.audit.tree.MissingTile;
import io.contextkeep.audit.tree.TilePath;
import io.contextkeep.audit.tree.TileSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Checks one log from outside and reports the result: every entry, every hash, every checkpoint
 * that exists, the index, the accounts, and whether it is the log that is trusted and that was seen
 * before.
 */
public final class LogCheck {
  private final String source;
  private final Trust trust;
  private final List<String> checked = new ArrayList<>();
  private final List<String> unchecked = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private LogCheck(String source, Trust trust) {
    this.source = source;
    this.trust = trust;
  }

  /**
   * Checks the log of a source.
   *
   * @param progress gets the number of checked entries
   * @throws IOException if it cannot be read
   */
  public static Report check(LogSource source, Trust trust, LongConsumer progress)
      throws IOException {
    LogCheck check = new LogCheck(source.toString(), trust);
    try {
      check.run(source, progress);
    } catch (MalformedNote | MissingTile e) {
      check.problems.add(String.valueOf(e.getMessage()));
    }
    return check.report();
  }

  /** Checks a database, including its columns and private parts. */
  public static Report check(String name, Connection database, Trust trust, LongConsumer progress)
      throws SQLException {
    LogCheck check = new LogCheck(name, trust);
    try {
      check.run(database, progress);
    } catch (MalformedNote | MissingTile e) {
      check.problems.add(String.valueOf(e.getMessage()));
    }
    return check.report();
  }

  private void run(Connection database, LongConsumer progress) throws SQLException {
    Replay replay = LogVerifier.replay(database, progress);
    checked.addAll(Report.facts(replay));
    problems.addAll(replay.problems());
    trusted(replay.signers());
    Optional<Note> newest = Checkpoints.latest(database);
    if (newest.isPresent()) {
      newest(newest.get(), replay.signers(), new StoredTiles(database));
    }
  }

  private Report report() {
    return new Report(source, checked, unchecked, problems);
  }

  private void run(LogSource log, LongConsumer progress) throws IOException {
    Note newest = Note.parse(log.checkpoint());
    if (hasEntries(log, size(newest))) {
      newest(newest, replay(log, newest, progress), log);
    } else {
      hashes(log, newest, progress);
      newest(newest, trust.keys(), log);
    }
  }

  /** Returns whether the entries can be read; hashes and checkpoints are public. */
  private boolean hasEntries(LogSource log, long size) throws IOException {
    long last = (size - 1) / TilePath.FULL;
    try {
      log.entries(last, (int) (size - last * TilePath.FULL));
      return true;
    } catch (TokenNeeded closed) {
      unchecked.add("the entries: " + closed.getMessage());
      return false;
    }
  }

  /** Checks, without entries, that all hashes make the signed root. */
  private void hashes(LogSource log, Note newest, LongConsumer progress) throws IOException {
    long size = size(newest);
    ServedHashes served = new ServedHashes(log, size, problems);
    Frontier tree = Frontier.EMPTY;
    for (long tile = 0; tile * TilePath.FULL < size; tile++) {
      int width = (int) Math.min(TilePath.FULL, size - tile * TilePath.FULL);
      byte[] hashes = log.hashes(0, tile, width);
      for (int i = 0; i < width; i++) {
        byte[] hash = Arrays.copyOfRange(hashes, i * Hashes.LENGTH, (i + 1) * Hashes.LENGTH);
        served.leaf(hash);
        tree = tree.append(hash, served);
      }
      progress.accept(tree.size());
    }
    served.end();
    if (!Arrays.equals(tree.root(), Checkpoint.parse(newest.text()).root())) {
      problems.add("the hashes do not make the root of the newest checkpoint");
    }
    checked.add("hashes       of " + size + " entries make the root that was signed");
  }

  private List<VerifierKey> replay(LogSource log, Note newest, LongConsumer progress)
      throws IOException {
    Replay replay = new Replay(keys(log));
    Optional<Accounts> accounts = accounts(log, newest);
    Note last = accounts.map(Accounts::checkpoint).orElse(newest);
    History history = new History(log, last);
    long size = size(last);
    ServedHashes served = new ServedHashes(log, size, problems);
    boolean whole = false;
    for (long bundle = 0; bundle * TilePath.FULL < size; bundle++) {
      int width = (int) Math.min(TilePath.FULL, size - bundle * TilePath.FULL);
      TilePath path = new TilePath(TilePath.ENTRIES, bundle, width);
      Optional<byte[]> rest = whole ? Optional.empty() : log.file(Bundle.pruned(path));
      whole |= rest.isEmpty();
      if (rest.isPresent()) {
        pruned(log.hashes(0, bundle, width), log.split(path, rest.get()), served, replay, history);
      } else {
        for (byte[] entry : log.entries(bundle, width)) {
          served.leaf(Hashes.leaf(entry));
          replay.entry(entry, served);
          checkpoints(replay, history);
        }
      }
      progress.accept(replay.size());
    }
    served.end();
    replay.end();
    if (history.hasNext()) {
      replay.problem("the log was cut or altered: a checkpoint of it fits no size up to " + size);
    }
    accounts.ifPresent(told -> replay.checkAccounts(told.sealed()));
    checked.addAll(Report.facts(replay));
    problems.addAll(replay.problems());
    trusted(replay.signers());
    return replay.signers();
  }

  /** Checks the accounts, which may be newer than the newest checkpoint. */
  private Optional<Accounts> accounts(LogSource log, Note newest) throws IOException {
    Optional<Accounts> accounts = log.accounts();
    if (accounts.isEmpty()) {
      unchecked.add("whether every missing private part was erased (no accounts are shown)");
    } else if (size(accounts.get().checkpoint()) < size(newest)) {
      problems.add("the accounts are older than the newest checkpoint");
      return Optional.empty();
    }
    return accounts;
  }

  /** Checks a tile with pruned entries. */
  private static void pruned(
      byte[] hashes, List<byte[]> rest, ServedHashes served, Replay replay, History history)
      throws IOException {
    for (int i = 0; i < rest.size(); i++) {
      byte[] hash = Arrays.copyOfRange(hashes, i * Hashes.LENGTH, (i + 1) * Hashes.LENGTH);
      served.leaf(hash);
      replay.rest(hash, rest.get(i), served);
      checkpoints(replay, history);
    }
  }

  private static void checkpoints(Replay replay, History history) throws IOException {
    while (history.hasNext() && history.size() == replay.size()) {
      replay.checkpoint(history.next());
    }
  }

  private List<VerifierKey> keys(LogSource log) throws IOException {
    List<VerifierKey> keys = new ArrayList<>(trust.keys());
    trust
        .policy()
        .ifPresent(policy -> policy.witnesses().forEach(witness -> keys.add(witness.key())));
    Optional<String> told = log.text(Bundle.KEYS);
    if (told.isPresent()) {
      told.get().lines().map(VerifierKey::parse).filter(k -> !keys.contains(k)).forEach(keys::add);
    }
    return keys;
  }

  /** Returns whether one of the trusted keys ever signed this log. */
  private void trusted(List<VerifierKey> signers) {
    if (trust.keys().isEmpty() && trust.policy().isPresent()) {
      return;
    }
    if (trust.keys().isEmpty()) {
      unchecked.add("whether this is the log that was meant (no key was given: use --vkey)");
    } else if (trust.keys().stream().noneMatch(signers::contains)) {
      problems.add("none of the keys that are trusted signs this log");
    } else {
      checked.add("trusted      a key that was given signs it");
    }
  }

  /** Checks the newest checkpoint's signatures, and that it continues the one seen before. */
  private <E extends Exception> void newest(
      Note newest, List<VerifierKey> signers, TileSource<E> tiles) throws E {
    TrustPolicy policy = trust.policy().orElse(TrustPolicy.of(signers));
    if (policy.check(newest) instanceof TrustPolicy.Verdict.Rejected rejected) {
      problems.add("the newest checkpoint is not trusted: " + rejected.why());
      return;
    }
    trust.policy().ifPresent(p -> checked.add("witnessed    as the policy asks"));
    if (trust.seen().isEmpty()) {
      unchecked.add("whether it continues what was seen before (nothing was: use --seen)");
      return;
    }
    long now = size(newest);
    long then = size(Note.parse(trust.seen().get()));
    if (now < then) {
      problems.add(
          "the log shows "
              + now
              + " entries, but once had "
              + then
              + ": it was restored to an older state");
      return;
    }
    switch (LogWatch.resume(policy, trust.seen().get()).observe(newest, tiles)) {
      case LogWatch.Outcome.Consistent _ ->
          checked.add("continues    the checkpoint that was seen before");
      case LogWatch.Outcome.Untrusted untrusted -> problems.add(untrusted.why());
      case LogWatch.Outcome.Unproven unproven ->
          problems.add("it does not show that it continues what was seen: " + unproven.why());
      case LogWatch.Outcome.Fork _ ->
          problems.add("FORK: the log signed another history before; keep both checkpoints");
    }
  }

  private static long size(Note note) {
    return Checkpoint.parse(note.text()).size();
  }
}
