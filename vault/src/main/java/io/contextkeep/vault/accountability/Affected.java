package io.contextkeep.vault.accountability;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.db.Sql;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who was affected by a breach (GDPR articles 33 and 34): whose data somebody read in a time, by
 * the log, and whose data of some kinds is held. Customers are named by their pseudonyms, a page of
 * them at a time, each page of a snapshot of its own: however many there are, a page is in memory.
 */
final class Affected {
  private static final int PAGE = 500;

  private static final String OF_CUSTOMERS =
      " WHERE subject BETWEEN ? AND ? GROUP BY subject, name, source, batch";

  private static final String HELD_VALUES =
      "SELECT subject, name, source, batch, count(*) FROM value" + OF_CUSTOMERS;

  private static final String HELD_EVENTS =
      "SELECT subject, name, source, batch, count(*) FROM event" + OF_CUSTOMERS;

  private final Db db;
  private final Registry registry;

  public Affected(Db db, Registry registry) {
    this.db = db;
    this.registry = registry;
  }

  /**
   * What happened.
   *
   * @param app by whom it was read; whatever apps read where neither this nor the actor is named
   * @param actor the same of somebody in any role
   * @param categories only data of these; of all where there are none
   * @param reads whether those are looked for whose data was read
   * @param held whether those are looked for whose data is held
   */
  public record Incident(
      Instant from,
      Instant until,
      Optional<String> app,
      Optional<String> actor,
      Set<String> categories,
      Optional<String> source,
      Set<String> batches,
      boolean reads,
      boolean held) {

    private AuditQuery query() {
      return new AuditQuery(
          Optional.empty(),
          app.or(() -> actor),
          app.map(_ -> Role.APP.code()),
          Optional.empty(),
          Optional.empty(),
          Optional.of("permit"),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(from.toEpochMilli()),
          Optional.of(until.toEpochMilli()),
          Optional.empty());
    }

    /**
     * A yes by which nothing was shown was no read of anything. An entry with more categories than
     * it can name may have had any.
     */
    private boolean concerns(AuditRow entry) {
      return entry.number("categoryCount") > 0
          || entry.words("categories").stream()
              .anyMatch(category -> categories.isEmpty() || categories.contains(category));
    }
  }

  /**
   * One customer.
   *
   * @param reads how often hers was read
   * @param read the categories of what was read
   * @param first the first time, and
   * @param last the last; empty where nothing was read
   * @param held how many values and events are held
   * @param heldCategories of what categories
   */
  public record One(
      SubjectId subject,
      long reads,
      SortedSet<String> read,
      Optional<Instant> first,
      Optional<Instant> last,
      long held,
      SortedSet<String> heldCategories) {}

  /**
   * All of them, in numbers.
   *
   * @param customers how many are named
   * @param unnamed how many reads were of customers who are erased since, whom nobody can name
   * @param wholeLog whether the log still has every entry of the time
   */
  public record Summary(
      long customers,
      long customersRead,
      long customersHeld,
      long reads,
      SortedSet<String> categories,
      Optional<Instant> first,
      Optional<Instant> last,
      long unnamed,
      boolean wholeLog) {}

  /** Takes each customer. */
  @FunctionalInterface
  public interface Each {
    void take(One customer) throws IOException;
  }

  /** Hands over everybody who was affected, and sums up. */
  public Summary run(Incident incident, Each each) throws IOException {
    Total total = new Total();
    long after = Long.MIN_VALUE;
    List<Long> page = subjects(after);
    while (!page.isEmpty()) {
      for (One one : affected(incident, page.getFirst(), page.getLast())) {
        total.add(one);
        each.take(one);
      }
      after = page.getLast();
      page = subjects(after);
    }
    if (incident.reads()) {
      total.unnamed = unnamed(incident);
    }
    boolean whole = db.inRead(c -> AuditSearch.isWhole(c, incident.from().toEpochMilli()));
    return total.summary(whole);
  }

  private List<Long> subjects(long after) {
    return db.inRead(
        c ->
            Sql.query(
                c,
                "SELECT id FROM subject WHERE erasing = 0 AND id > ? ORDER BY id LIMIT ?",
                row -> row.getLong(1),
                after,
                PAGE));
  }

  private List<One> affected(Incident incident, long first, long last) {
    TreeMap<Long, Found> found = new TreeMap<>();
    db.inRead(
        c -> {
          if (incident.reads()) {
            AuditSearch.ofCustomers(
                c,
                incident.query(),
                first,
                last,
                (subject, entry) -> {
                  if (incident.concerns(entry)) {
                    found.computeIfAbsent(subject, _ -> new Found()).read(entry);
                  }
                });
          }
          if (incident.held()) {
            held(c, incident, first, last, found);
          }
          return 0;
        });
    return found.entrySet().stream().map(e -> e.getValue().one(e.getKey())).toList();
  }

  private void held(
      Connection c, Incident incident, long first, long last, TreeMap<Long, Found> found)
      throws SQLException {
    for (String held : List.of(HELD_VALUES, HELD_EVENTS)) {
      Sql.each(c, held, row -> held(row, incident, found), first, last);
    }
  }

  private void held(ResultSet row, Incident incident, TreeMap<Long, Found> found)
      throws SQLException {
    Optional<String> category =
        registry.attribute(row.getString(2)).map(Attribute::category).map(DataCategory::curie);
    boolean ofCategory =
        incident.categories().isEmpty()
            || category.filter(incident.categories()::contains).isPresent();
    String source = row.getString(3);
    boolean ofSource = incident.source().map(source::equals).orElse(true);
    boolean ofBatch = incident.batches().isEmpty() || incident.batches().contains(row.getString(4));
    if (ofCategory && ofSource && ofBatch) {
      found.computeIfAbsent(row.getLong(1), _ -> new Found()).holds(category, row.getLong(5));
    }
  }

  /** Reads whose customer is not told by the log any more: she is erased. */
  private long unnamed(Incident incident) {
    long unnamed = 0;
    long next = 0;
    List<AuditRow> page;
    do {
      long from = next;
      page = db.inRead(c -> AuditSearch.oldest(c, incident.query(), from, Long.MAX_VALUE, PAGE));
      for (AuditRow entry : page) {
        boolean lost =
            incident.concerns(entry) && db.inRead(c -> AuditReader.sealed(c, entry)).isEmpty();
        unnamed += lost && !isStatistic(entry) ? 1 : 0;
        next = entry.index() + 1;
      }
    } while (page.size() == PAGE);
    return unnamed;
  }

  /** A statistic is about nobody in particular: it has no customer to lose. */
  private static boolean isStatistic(AuditRow entry) {
    return !entry.word("population").isEmpty();
  }

  /** What was found of one customer so far. */
  private static final class Found {
    private final SortedSet<String> read = new TreeSet<>();
    private final SortedSet<String> held = new TreeSet<>();
    private long reads;
    private long first = Long.MAX_VALUE;
    private long last;
    private long values;

    void read(AuditRow entry) {
      reads++;
      read.addAll(entry.words("categories"));
      first = Math.min(first, entry.time());
      last = Math.max(last, entry.time());
    }

    void holds(Optional<String> category, long more) {
      category.ifPresent(held::add);
      values += more;
    }

    One one(long subject) {
      return new One(
          new SubjectId(subject),
          reads,
          read,
          reads == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(first)),
          reads == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(last)),
          values,
          held);
    }
  }

  private static final class Total {
    private final SortedSet<String> categories = new TreeSet<>();
    private long customers;
    private long read;
    private long held;
    private long reads;
    private long unnamed;
    private Optional<Instant> first = Optional.empty();
    private Optional<Instant> last = Optional.empty();

    void add(One one) {
      customers++;
      read += one.reads() > 0 ? 1 : 0;
      held += one.held() > 0 ? 1 : 0;
      reads += one.reads();
      categories.addAll(one.read());
      categories.addAll(one.heldCategories());
      if (first.isEmpty() || one.first().isPresent() && one.first().get().isBefore(first.get())) {
        first = one.first();
      }
      if (last.isEmpty() || one.last().isPresent() && one.last().get().isAfter(last.get())) {
        last = one.last();
      }
    }

    Summary summary(boolean wholeLog) {
      return new Summary(customers, read, held, reads, categories, first, last, unnamed, wholeLog);
    }
  }
}
