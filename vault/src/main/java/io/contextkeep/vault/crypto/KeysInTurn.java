package io.contextkeep.vault.crypto;

import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/**
 * The keys of many customers in the order of their numbers, for one thread: what unwraps, derives
 * and opens is set up once for all of them. Wrapped keys are read a range at a time; an unwrapped
 * one is only in the opener that it is for.
 */
public final class KeysInTurn {
  private record Wrapped(long subject, byte[] key) {}

  private final Db db;
  private final SealingKey wrapping;
  private final Cipher unwrap = Aead.cipher();
  private final Cipher open = Aead.cipher();
  private final KeyDerivation records = SubjectKey.recordKeys();
  private List<Wrapped> range = List.of();
  private int place;

  KeysInTurn(Db db, SealingKey wrapping) {
    this.db = db;
    this.wrapping = wrapping;
  }

  /** Reads the wrapped keys of the customers between two numbers, inclusive. */
  public void read(SubjectId first, SubjectId last) {
    place = 0;
    range =
        db.inRead(
            c ->
                Sql.query(
                    c,
                    """
                    SELECT subject, wrapped FROM data_key
                    WHERE subject BETWEEN ? AND ? ORDER BY subject\
                    """,
                    row -> new Wrapped(row.getLong(1), row.getBytes(2)),
                    first.value(),
                    last.value()));
  }

  /**
   * Returns the opener of the records of a customer in the range, who must come after those asked
   * for before; empty if their key was destroyed.
   */
  public Optional<SubjectKey.Opener> opener(SubjectId subject) {
    while (place < range.size() && range.get(place).subject < subject.value()) {
      place++;
    }
    return place < range.size() && range.get(place).subject == subject.value()
        ? Optional.of(opener(subject, range.get(place).key))
        : Optional.empty();
  }

  private SubjectKey.Opener opener(SubjectId subject, byte[] wrapped) {
    byte[] key = Aead.open(unwrap, wrapping.cipher(), wrapped, SubjectKeys.place(subject));
    SecretKey ofRecords = new DataKey(key).records().orElseGet(() -> records.derive(key));
    return new SubjectKey.Opener(subject, ofRecords, open);
  }
}
