package io.contextkeep.vault.accountability;

import io.contextkeep.audit.AuditQuery;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.audit.AuditRow;
import io.contextkeep.audit.AuditSearch;
import io.contextkeep.ontology.DataCategory;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.context.HeldData;
import io.contextkeep.vault.customers.Customers;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Attribute;
import io.contextkeep.vault.registry.Registry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The search for the customers affected by a breach (GDPR articles 33 and 34): those whose data was
 * read in a period, by the log, and those whose data is held. Customers are named by their
 * pseudonyms. The search takes a page of them at a time, each in a snapshot of its own.
 */
final class Affected {
  private static final int PAGE = 500;

  private final Db db;
  private final Registry registry;

  public Affected(Db db, Registry registry) {
    this.db = db;
    this.registry = registry;
  }

  /**
   * An incident.
   *
   * @param app the app that read; empty for every app, unless an actor is named
   * @param actor the actor who read, in any role
   * @param categories the categories of data; empty for all
   * @param reads whether to search for customers whose data was read
   * @param held whether to search for customers whose data is held
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
     * Returns whether the entry is a read of the categories. A permit that released nothing does
     * not count. An entry with more categories than it can name may concern any.
     */
    private boolean concerns(AuditRow entry) {
      return entry.number("categoryCount") > 0
          || entry.words("categories").stream()
              .anyMatch(category -> categories.isEmpty() || categories.contains(category));
    }
  }

  /**
   * An affected customer.
   *
   * @param reads the number of reads of the customer's data
   * @param read the categories that were read
   * @param first the time of the first read; empty if nothing was read
   * @param last the time of the last read; empty if nothing was read
   * @param held the number of values and events that are held
   * @param heldCategories the categories that are held
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
   * The totals of all customers.
   *
   * @param customers the number of customers
   * @param unnamed the number of reads of customers who have been erased since
   * @param wholeLog whether the log still has every entry of the period
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

  /** Receives each customer. */
  @FunctionalInterface
  public interface Each {
    void accept(One customer) throws IOException;
  }

  /** Passes on every affected customer and returns the totals. */
  public Summary run(Incident incident, Each each) throws IOException {
    Total total = new Total();
    Page page = page(incident, Long.MIN_VALUE);
    while (page.last().isPresent()) {
      for (One one : page.affected()) {
        total.add(one);
        each.accept(one);
      }
      page = page(incident, page.last().get());
    }
    if (incident.reads()) {
      total.unnamed = unnamed(incident);
    }
    boolean whole = db.inRead(c -> AuditSearch.isWhole(c, incident.from().toEpochMilli()));
    return total.summary(whole);
  }

  /**
   * The affected among consecutive customers.
   *
   * @param last the last of the customers, affected or not; empty at the end
   */
  private record Page(List<One> affected, Optional<Long> last) {}

  private Page page(Incident incident, long after) {
    return db.inRead(
        c -> {
          List<Customers.Entry> customers = Customers.page(c, after, PAGE);
          return customers.isEmpty()
              ? new Page(List.of(), Optional.empty())
              : new Page(
                  affected(c, incident, customers),
                  Optional.of(customers.getLast().subject().value()));
        });
  }

  /** Finds the affected among consecutive customers, without those who are being erased. */
  private List<One> affected(Connection c, Incident incident, List<Customers.Entry> customers)
      throws SQLException {
    SubjectId first = customers.getFirst().subject();
    SubjectId last = customers.getLast().subject();
    TreeMap<SubjectId, Found> found = new TreeMap<>();
    if (incident.reads()) {
      AuditSearch.ofCustomers(
          c,
          incident.query(),
          first.value(),
          last.value(),
          (subject, entry) -> {
            if (incident.concerns(entry)) {
              found.computeIfAbsent(new SubjectId(subject), _ -> new Found()).read(entry);
            }
          });
    }
    if (incident.held()) {
      HeldData.each(c, first, last, part -> held(part, incident, found));
    }
    customers.stream()
        .filter(Customers.Entry::erasing)
        .map(Customers.Entry::subject)
        .forEach(found::remove);
    return found.entrySet().stream().map(e -> e.getValue().one(e.getKey())).toList();
  }

  private void held(HeldData.Part part, Incident incident, TreeMap<SubjectId, Found> found) {
    Optional<String> category =
        registry.attribute(part.name()).map(Attribute::category).map(DataCategory::curie);
    boolean ofCategory =
        incident.categories().isEmpty()
            || category.filter(incident.categories()::contains).isPresent();
    boolean ofSource = incident.source().map(part.source()::equals).orElse(true);
    boolean ofBatch = incident.batches().isEmpty() || incident.batches().contains(part.batch());
    if (ofCategory && ofSource && ofBatch) {
      found.computeIfAbsent(part.subject(), _ -> new Found()).holds(category, part.count());
    }
  }

  /** Returns the number of reads of erased customers, whom the log no longer names. */
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

  /** Returns whether the entry is about a statistic, which concerns no single customer. */
  private static boolean isStatistic(AuditRow entry) {
    return !entry.word("population").isEmpty();
  }

  /** The findings about one customer so far. */
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

    One one(SubjectId subject) {
      return new One(
          subject,
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
