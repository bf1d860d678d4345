package io.contextkeep.audit.verify;

import io.contextkeep.audit.note.Checkpoint;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.note.VerifierKey;
import io.contextkeep.audit.source.DirectoryLog;
import io.contextkeep.audit.tree.TilePath;
import io.contextkeep.audit.verify.TamperDrill.Attack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** Attacks by someone who can write all files of a log but has none of its keys. */
final class BundleAttacks {
  private static final String REPLAY = "anyone who replays the log";
  private static final String READER = "a reader who kept a checkpoint";

  private final LogFiles files;
  private final List<VerifierKey> keys;
  private final List<Attack> attacks = new ArrayList<>();

  private BundleAttacks(LogFiles files, List<VerifierKey> keys) {
    this.files = files;
    this.keys = keys;
  }

  static List<Attack> all(LogFiles files, Path original) throws IOException {
    if (files.entries().size() < 8 || files.history().size() < 2) {
      throw new IOException("the drill needs a log of 8 entries and 2 checkpoints at least");
    }
    Report whole = LogCheck.check(new DirectoryLog(original), Trust.NOTHING, done -> {});
    if (!whole.whole()) {
      throw new IOException("the log is not whole before the drill:\n" + whole);
    }
    BundleAttacks all = new BundleAttacks(files, InsiderAttacks.signers(files));
    all.onEntries();
    all.onCheckpoints();
    all.onTheRest();
    return all.attacks;
  }

  private void onEntries() {
    int middle = files.entries().size() / 2;
    attack("flip one bit of an entry", REPLAY, f -> f.withEntries(flipped(f.entries(), middle)));
    attack(
        "delete an entry and make all hashes fit",
        REPLAY,
        f -> f.withEntries(changed(f.entries(), e -> e.remove(middle))));
    attack(
        "swap two entries and make all hashes fit",
        REPLAY,
        f -> f.withEntries(changed(f.entries(), e -> Collections.swap(e, middle, middle + 1))));
    attack(
        "insert a copy of an entry and make all hashes fit",
        REPLAY,
        f -> f.withEntries(changed(f.entries(), e -> e.add(middle, e.get(middle + 1)))));
    attack(
        "cut off the newest entry",
        REPLAY,
        f -> f.withEntries(f.entries().subList(0, f.entries().size() - 1)));
  }

  private void onCheckpoints() {
    attack(
        "put the whole log back to an older state", READER, f -> f.backTo(f.history().size() - 2));
    attack(
        "change the root in an old checkpoint",
        REPLAY,
        f -> {
          List<String> history = new ArrayList<>(f.history());
          Note old = Note.parse(history.getFirst());
          Checkpoint said = Checkpoint.parse(old.text());
          history.set(
              0,
              new Note(
                      new Checkpoint(said.origin(), said.size(), new byte[32]).text(),
                      old.signatures())
                  .toString());
          return f.withHistory(history);
        });
    attack(
        "change an entry and sign everything anew with another key",
        "a reader who knows the log's key",
        f ->
            InsiderAttacks.signedAnew(f.withEntries(flipped(f.entries(), f.entries().size() / 2))));
  }

  private void onTheRest() {
    attacks.add(
        new Attack(
            "change one hash in a tile",
            REPLAY,
            directory -> {
              files.write(directory);
              TilePath first =
                  TilePath.all(files.entries().size()).stream()
                      .filter(path -> path.level() == 0)
                      .findFirst()
                      .orElseThrow();
              Path tile = directory.resolve(first.toString());
              byte[] hashes = Files.readAllBytes(tile);
              hashes[0] ^= 1;
              Files.write(tile, hashes);
              return TamperDrill.problem(directory, keys, files.newest());
            }));
    attack(
        "lose a private part without an erasure",
        REPLAY,
        f -> f.withSealed(f.sealed().isEmpty() ? "1-1\n" : withoutFirstLine(f.sealed())));
  }

  private void attack(String what, String who, UnaryOperator<LogFiles> change) {
    attacks.add(
        new Attack(
            what,
            who,
            directory -> {
              change.apply(files).write(directory);
              return TamperDrill.problem(directory, keys, files.newest());
            }));
  }

  private static String withoutFirstLine(String text) {
    return text.substring(text.indexOf('\n') + 1);
  }

  private static List<byte[]> flipped(List<byte[]> entries, int at) {
    String text = new String(entries.get(at), StandardCharsets.UTF_8);
    return changed(
        entries,
        e -> e.set(at, text.replace("\"v\":1", "\"v\":2").getBytes(StandardCharsets.UTF_8)));
  }

  private static List<byte[]> changed(
      List<byte[]> entries, java.util.function.Consumer<List<byte[]>> change) {
    List<byte[]> copy = new ArrayList<>(entries);
    change.accept(copy);
    return copy;
  }
}
