package io.contextkeep.vault.ops;

import io.contextkeep.audit.CheckpointFile;
import io.contextkeep.audit.Checkpoints;
import io.contextkeep.audit.LogVerifier;
import io.contextkeep.audit.note.Note;
import io.contextkeep.audit.proof.DurableFile;
import io.contextkeep.audit.proof.PrivateFiles;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.DbCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A verified copy of a vault, made while it runs. Context and keys are in separate directories, to
 * be stored in different places: one without the other is unreadable. The copy has neither the root
 * key, nor what can be rebuilt (the graph, the index of labels), nor what must not be restored (the
 * vault's memory as a witness of other logs).
 */
public final class Backup {

  /** The result: the audit log's size and root, and the number of customers. */
  public record Report(long entries, String root, long customers) {}

  /** The reader of a copy's customers. */
  @FunctionalInterface
  public interface Customers {
    List<SubjectId> of(Connection c) throws SQLException;
  }

  private Backup() {}

  /**
   * Makes the directory with {@code data/vault.db} and {@code keys/keys.db}. It appears only once
   * everything in it is written, synchronised and verified.
   *
   * @param data the directory of vault.db
   * @param keys the directory of keys.db
   * @param customers reads the customers of a copy
   * @throws IllegalStateException if the directory exists, or the copy is faulty
   */
  public static Report write(Path data, Path keys, Path directory, Customers customers)
      throws IOException {
    Path target = directory.toAbsolutePath().normalize();
    if (Files.exists(target)) {
      throw new IllegalStateException(
          target + " exists already: name a new directory, nothing is overwritten");
    }
    Path parent = Files.createDirectories(Objects.requireNonNull(target.getParent()));
    Path partial = parent.resolve("." + target.getFileName() + ".partial-" + UUID.randomUUID());
    try {
      Files.createDirectory(partial, PrivateFiles.directory());
      Path vaultCopy = Files.createDirectory(partial.resolve("data"), PrivateFiles.directory());
      Path keysCopy = Files.createDirectory(partial.resolve("keys"), PrivateFiles.directory());
      // First the rows, then their keys. A key that was made in between seals nothing yet; the
      // other order could leave rows without a key. Rows whose key was shredded in between belong
      // to an erasure, which the start that uses the copy finishes.
      DbCopy.write(data.resolve("vault.db"), vaultCopy.resolve("vault.db"));
      DbCopy.write(keys.resolve("keys.db"), keysCopy.resolve("keys.db"));
      keepCheckpoint(vaultCopy);
      Report report =
          checked(vaultCopy.resolve("vault.db"), keysCopy.resolve("keys.db"), customers);
      for (Path written : List.of(vaultCopy, keysCopy, partial)) {
        DurableFile.syncDirectory(written);
      }
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      DurableFile.syncDirectory(parent);
      return report;
    } finally {
      delete(partial);
    }
  }

  /**
   * Writes the checkpoint of the copied rows beside them. A restore puts it in the place of the
   * vault's last one, so that the older database is intended and not an attack.
   */
  private static void keepCheckpoint(Path copy) throws IOException {
    Note last = DbCopy.read(copy.resolve("vault.db"), Checkpoints::signed).orElseThrow();
    try (CheckpointFile file = CheckpointFile.open(copy.resolve("last.checkpoint"))) {
      file.keep(last.toString());
      file.sync();
    }
  }

  private static Report checked(Path vault, Path keys, Customers customers) {
    List<String> problems = new ArrayList<>();
    problems.addAll(DbCopy.faults(vault));
    problems.addAll(DbCopy.faults(keys));
    LogVerifier.Verification log = DbCopy.read(vault, LogVerifier::verify);
    problems.addAll(log.problems());
    List<SubjectId> all = DbCopy.read(vault, customers::of);
    Set<SubjectId> accounted = DbCopy.read(keys, SubjectKeys::accounted);
    long keyless = all.stream().filter(customer -> !accounted.contains(customer)).count();
    if (keyless > 0) {
      problems.add(keyless + " customers have rows but no key, and were not erased");
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException("The copy is faulty and was deleted: " + problems);
    }
    return new Report(log.size(), log.root(), all.size());
  }

  private static void delete(Path partial) throws IOException {
    if (Files.exists(partial)) {
      try (Stream<Path> all = Files.walk(partial)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
