package io.contextkeep.vault.graph;

import io.contextkeep.audit.AuditHour;
import io.contextkeep.ontology.ConsentEvent;
import io.contextkeep.ontology.IngestBatch;
import io.contextkeep.ontology.Invalidation;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.consent.ConsentLedger;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.erasure.GraphErasures;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.provenance.Releases;
import io.contextkeep.vault.provenance.Removals;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The database as the source of the projection. */
final class Origin {
  /**
   * The most rows of a slice. A graph that is far behind catches up ten times as fast in large
   * steps, since every commit replaces most blocks of its indexes.
   */
  private static final int ROWS = 10_000;

  /** The most hours of a slice; each has about a hundred accesses. */
  private static final int HOURS = 200;

  private final Db db;
  private final Batches batches;
  private final InstantSource clock;
  private final int rows;

  Origin(Db db, Batches batches, InstantSource clock) {
    this(db, batches, clock, ROWS);
  }

  /**
   * @param rows the most rows of each kind in one transaction of the graph
   */
  Origin(Db db, Batches batches, InstantSource clock, int rows) {
    this.clock = clock;
    this.rows = rows;
    this.db = db;
    this.batches = batches;
  }

  Newest newest() {
    return db.inRead(this::newest);
  }

  Optional<Progress> progress() {
    return db.inRead(Progress::load);
  }

  /**
   * Returns the slice after the progress, without deleted events and those that are being deleted.
   */
  Slice after(Progress progress) {
    return db.inRead(
        c -> {
          Newest newest = newest(c);
          List<ConsentEvent> events = ConsentLedger.after(c, progress.consents(), rows);
          List<ConsentEvent> known = known(c, events);
          List<IngestBatch> written = batches.after(c, progress.batches(), rows);
          List<Releases.Row> released = Releases.after(c, progress.releases(), rows);
          List<Invalidation> removed = Removals.after(c, progress.removals(), rows);
          Hours hours = Hours.after(c, progress.accesses(), Math.min(rows, HOURS));
          boolean moreRemovals = removed.size() == rows;
          boolean moreReleases = released.size() == rows;
          boolean moreEvents = events.size() == rows;
          boolean moreBatches = written.size() == rows;
          Progress next =
              progress.reaching(
                  new Newest(
                      moreEvents ? events.getLast().id() : newest.consents(),
                      moreBatches ? written.getLast().seq() : newest.batches(),
                      moreReleases ? released.getLast().seq() : newest.releases(),
                      moreRemovals ? removed.getLast().number() : newest.removals(),
                      hours.reached()),
                  !removed.isEmpty()
                      || !known.isEmpty()
                      || !written.isEmpty()
                      || !hours.accesses().isEmpty()
                      || !released.isEmpty());
          return new Slice(
              known,
              written,
              released.stream().map(Releases.Row::release).toList(),
              removed,
              hours.accesses(),
              next,
              moreEvents || moreBatches || moreReleases || moreRemovals || hours.more());
        });
  }

  /** Leaves out the events of customers who are being erased. */
  private static List<ConsentEvent> known(Connection c, List<ConsentEvent> events)
      throws SQLException {
    Set<SubjectId> erasing = new HashSet<>();
    Set<SubjectId> subjects =
        events.stream().map(ConsentEvent::subject).collect(Collectors.toSet());
    for (SubjectId subject : subjects) {
      if (!Customers.isActive(c, subject)) {
        erasing.add(subject);
      }
    }
    return events.stream().filter(event -> !erasing.contains(event.subject())).toList();
  }

  Projector.Lag lag() {
    return db.inRead(
        c -> {
          Newest newest = newest(c);
          Progress progress = Progress.load(c).orElse(new Progress(0, 0, 0, 0, 0, 0, 0));
          return new Projector.Lag(
              Math.max(0, newest.consents() - progress.consents()),
              Math.max(0, newest.batches() - progress.batches()),
              Math.max(0, newest.releases() - progress.releases()),
              Math.max(0, newest.removals() - progress.removals()),
              Hours.count(c, progress.accesses()),
              GraphErasures.pending(c).size());
        });
  }

  /** Begins an empty graph. */
  void begin(Progress fresh) {
    db.inWrite(
        c -> {
          fresh.begin(c);
          return 0;
        });
  }

  /**
   * Stores the progress of the graph.
   *
   * @throws IllegalStateException if the database now projects into another graph
   */
  void store(Progress progress) {
    if (!db.inWrite(progress::store)) {
      throw new IllegalStateException("Another process has rebuilt the graph");
    }
  }

  List<SubjectId> erasures() {
    return db.inRead(GraphErasures::pending);
  }

  /** Records that these customers are gone from the graph's files. */
  void compacted(List<SubjectId> subjects) {
    db.inWrite(
        c -> {
          GraphErasures.compacted(c, subjects, clock.instant());
          return 0;
        });
  }

  void erased(List<SubjectId> subjects) {
    db.inWrite(
        c -> {
          GraphErasures.done(c, subjects, clock.instant());
          return 0;
        });
  }

  void truncateWal() {
    db.truncateWal();
  }

  /** Rewrites the database's file from its live rows. */
  void rewrite() {
    db.rewrite();
  }

  long size() {
    return db.size();
  }

  private Newest newest(Connection c) throws SQLException {
    return new Newest(
        ConsentLedger.newest(c),
        batches.newest(c),
        Releases.newest(c),
        Removals.newest(c),
        AuditHour.newest(c));
  }
}
