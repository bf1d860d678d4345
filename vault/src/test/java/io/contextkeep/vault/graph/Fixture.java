package io.contextkeep.vault.graph;

import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.ConsentStatus;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.Graphs;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.Inside;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.crypto.FileRootKey;
import io.contextkeep.vault.crypto.RootKey;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Schema;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.derived.Derivations;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.registry.Registry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.jena.sparql.core.Quad;

/** A real database with the vault's tables and test data. */
final class Fixture implements AutoCloseable {
  private static final List<String> CATEGORIES =
      List.of("pd:EmailAddress", "pd:Purchase", "pd:Country", "pd:Health");

  /** The size of a slice, so small that a few hundred events need several. */
  static final int SLICE = 500;

  final SecureRandom secureRandom = new SecureRandom();
  final ConsentLedger consents;
  final AuditLog log;
  final Batches batches = new Batches();
  final Path dir;
  final Db db;
  final Origin origin;

  /** The hours since the log was opened. */
  private volatile Duration passed = Duration.ZERO;

  Fixture(Path dir) {
    this.dir = dir;
    this.db = Db.open(dir.resolve("vault.db"), Schema.migrations(), Thread::new);
    this.origin = new Origin(db, batches, InstantSource.system(), SLICE);
    try {
      RootKey root = FileRootKey.openOrCreate(dir.resolve("root.key"));
      this.log =
          Inside.log(dir, db, root, () -> Instant.ofEpochMilli(1_700_000_000_000L).plus(passed));
      SubjectKeys keys = new SubjectKeys(dir.resolve("keys.db"), root, secureRandom, Thread::new);
      this.consents =
          new ConsentLedger(
              new Derivations(new Registry(db), keys, log, InstantSource.system()),
              InstantSource.system());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SubjectId customer() {
    return customer(secureRandom);
  }

  /** A number of more than 56 bits, so that a file can be searched for it. */
  SubjectId customer(Random random) {
    SubjectId subject = new SubjectId(random.nextLong() >>> 1 | 1L << 60);
    db.inWrite(c -> Sql.update(c, "INSERT INTO subject (id) VALUES (?)", subject.value()));
    return subject;
  }

  /** Appends that many events, each about one of the customers and one of a few purposes. */
  void consent(List<SubjectId> customers, Random random, int events) {
    db.inWrite(
        c -> {
          for (int i = 0; i < events; i++) {
            consents.append(c, event(customers.get(random.nextInt(customers.size())), random));
          }
          return 0;
        });
  }

  private static ConsentEvent event(SubjectId subject, Random random) {
    Instant at = Instant.ofEpochMilli(1_700_000_000_000L + random.nextInt(1_000_000));
    return new ConsentEvent(
        0,
        subject,
        Purpose.all().get(random.nextInt(5)),
        random.nextBoolean() ? "shop" : "*",
        ConsentStatus.values()[random.nextInt(ConsentStatus.values().length)],
        random.nextBoolean(),
        "v" + random.nextInt(3),
        "en",
        "api",
        at,
        random.nextBoolean() ? at.plusSeconds(60) : null);
  }

  void batch(String source, Random random) {
    TreeMap<DataCategory, Integer> kept = new TreeMap<>();
    for (String category : CATEGORIES) {
      if (random.nextBoolean()) {
        kept.put(DataCategory.parse(category).orElseThrow(), random.nextInt(1, 100));
      }
    }
    String id = UUID.randomUUID().toString();
    Instant at = Instant.ofEpochMilli(1_700_000_000_000L);
    byte[] key = id.getBytes(StandardCharsets.US_ASCII);
    Batches.Entry entry = new Batches.Entry(id, source, key, key, at, at, kept, "{}");
    db.inWrite(
        c -> {
          batches.add(c, entry);
          if (random.nextBoolean()) {
            derive(c, id, random);
          }
          return 0;
        });
  }

  /** Adds a batch with derived values. */
  private static void derive(Connection c, String batch, Random random) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO batch_derived VALUES (?, 'pd:Interest', 'INFERRED', 'churn.v3', ?)",
        batch,
        random.nextInt(1, 100));
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      Sql.update(
          c,
          "INSERT INTO batch_derivation VALUES (?, 'pd:Interest', 'INFERRED', 'churn.v3', ?,"
              + " 'pd:Purchase')",
          batch,
          UUID.randomUUID().toString());
    }
  }

  void hours(int number) {
    passed = passed.plusHours(number);
  }

  /** Adds that many reads by each of two apps, some refused, after some hours or none. */
  void accesses(Random random, int reads) {
    passed = passed.plusMinutes(20L * random.nextInt(3));
    List<AuditEntry> entries = new ArrayList<>();
    for (int i = 0; i < reads; i++) {
      EntryType type = random.nextBoolean() ? EntryType.READ : EntryType.REFUSE;
      entries.add(
          AuditEntry.of(
              type,
              Map.of(
                  "actor",
                  "shop" + random.nextInt(2),
                  "role",
                  "app",
                  "purpose",
                  Purpose.all().get(random.nextInt(3)).curie(),
                  "policy",
                  "1")));
    }
    log.append(entries);
  }

  /** Prunes full tiles of the log, also of hours that the graph does not have yet. */
  void prune() {
    log.prune(Instant.ofEpochMilli(Long.MAX_VALUE));
  }

  /** Makes the changes of an erasure to these tables. */
  void erase(SubjectId subject) {
    db.inWrite(
        c -> {
          for (String table : List.of("consent_event", "consent_state")) {
            Sql.update(c, "DELETE FROM " + table + " WHERE subject = ?", subject.value());
          }
          Sql.update(
              c, "INSERT INTO removal (at, categories) VALUES (1, 'pd:Country=2 pd:Purchase=1')");
          Sql.update(c, "DELETE FROM subject WHERE id = ?", subject.value());
          return Sql.update(c, "INSERT INTO graph_erasure (subject) VALUES (?)", subject.value());
        });
    db.truncateWal();
  }

  /** Returns the content of the graph in that directory, which must be closed. */
  static Set<Quad> quads(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      Path files =
          entries
              .filter(entry -> entry.getFileName().toString().startsWith("graph-"))
              .findFirst()
              .orElseThrow();
      try (Graphs graphs = Graphs.open(files)) {
        return graphs.read(d -> d.asDatasetGraph().stream().collect(Collectors.toSet()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    db.close();
  }
}
