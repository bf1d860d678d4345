package io.contextkeep.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextkeep.audit.AuditSummary.Bucket;
import io.contextkeep.audit.AuditSummary.By;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches of auditors, compared with a scan of every entry. */
final class AuditSearchTest {
  private static final Instant START = Instant.parse("2026-11-20T00:00:00Z");
  private static final String[] APPS = {"shop", "crm", "mail"};
  private static final String[] PURPOSES = {"dpv:Marketing", "dpv:CustomerCare"};

  @TempDir Path dir;
  private final AtomicLong now = new AtomicLong(START.toEpochMilli());
  private final Sealer ann = new Sealer((byte) 1);
  private final Random random = new Random(4);
  private TestStore store;
  private AuditLog log;

  @BeforeEach
  void fill() throws SQLException {
    store = TestStore.create(dir.resolve("log.db"));
    log =
        new AuditLog(
            store,
            TestKeys.of(1),
            new TestKept(),
            () -> Instant.ofEpochMilli(now.get()),
            new SecureRandom());
    for (int i = 0; i < 20; i++) {
      List<AuditEntry> entries = new ArrayList<>();
      for (int k = 0; k < 30; k++) {
        entries.add(entry(i * 30 + k));
      }
      log.append(entries);
      now.addAndGet(7_200_000);
      if (i == 10) {
        log.index();
      }
    }
  }

  @AfterEach
  void close() throws SQLException {
    store.close();
  }

  private AuditEntry entry(int i) {
    boolean refused = random.nextInt(3) == 0;
    TreeMap<String, Object> facts = new TreeMap<>();
    facts.put("actor", APPS[random.nextInt(APPS.length)]);
    facts.put("role", "app");
    facts.put("purpose", PURPOSES[random.nextInt(2)]);
    facts.put("basis", random.nextBoolean() ? "eu-gdpr:A6-1-a" : "eu-gdpr:A6-1-f");
    facts.put("decision", refused ? "refuse" : "permit");
    facts.put("policy", "r" + i / 300);
    facts.put("request", "request-" + i / 2);
    if (refused) {
      facts.put("reasons", random.nextBoolean() ? List.of("EXPIRED", "NO_CONSENT") : List.of("NO"));
    }
    AuditEntry entry = AuditEntry.of(refused ? EntryType.REFUSE : EntryType.READ, facts);
    return i % 7 == 0 ? entry.about(7, ann, Map.of()) : entry;
  }

  @Test
  void everyConditionAloneAndCombined_findsTheSameAsAFullScan() {
    assertFinds(query("actor", "shop"), r -> r.word("actor").equals("shop"));
    assertFinds(query("type", "refuse"), r -> r.type().equals("refuse"));
    assertFinds(query("purpose", PURPOSES[1]), r -> r.word("purpose").equals(PURPOSES[1]));
    assertFinds(query("basis", "eu-gdpr:A6-1-f"), r -> r.json().contains("A6-1-f"));
    assertFinds(query("decision", "permit"), r -> r.word("decision").equals("permit"));
    assertFinds(query("policy", "r1"), r -> r.word("policy").equals("r1"));
    assertFinds(query("reason", "NO"), r -> r.words("reasons").contains("NO"));
    assertFinds(query("reason", "NO_CONSENT"), r -> r.words("reasons").contains("NO_CONSENT"));
    assertFinds(query("request", "request-77"), r -> r.word("request").equals("request-77"));
    assertFinds(query("actor", "nobody"), r -> false);
    assertFinds(AuditQuery.ALL, r -> true);
    assertFinds(
        new AuditQuery(
            Optional.of("refuse"),
            Optional.of("crm"),
            Optional.of("app"),
            Optional.of(PURPOSES[0]),
            Optional.of("eu-gdpr:A6-1-a"),
            Optional.of("refuse"),
            Optional.of("EXPIRED"),
            Optional.of("r0"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        r ->
            r.word("actor").equals("crm")
                && r.word("purpose").equals(PURPOSES[0])
                && r.word("basis").endsWith("-a")
                && r.words("reasons").contains("EXPIRED")
                && r.word("policy").equals("r0"));
  }

  @Test
  void aTime_isFoundByBinarySearch_andACustomersEntriesByTheirIndex() {
    long from = START.toEpochMilli() + 7_200_000 * 5;
    long to = START.toEpochMilli() + 7_200_000 * 9;
    assertFinds(within(from, to, Optional.empty()), r -> r.time() >= from && r.time() < to);
    assertFinds(within(from + 1, to + 1, Optional.empty()), r -> r.time() > from && r.time() <= to);
    assertThat(newest(within(from, to, Optional.of(7L))))
        .isNotEmpty()
        .allMatch(r -> r.json().contains("commit") && r.time() >= from && r.time() < to);
    assertThat(newest(within(0, 1, Optional.empty()))).isEmpty();
  }

  @Test
  void results_areInPages_newestOrOldestFirst() {
    AuditQuery query = query("actor", "mail");
    List<Long> newest = new ArrayList<>();
    long before = Long.MAX_VALUE;
    List<AuditRow> page = page(query, before);
    while (!page.isEmpty()) {
      page.forEach(row -> newest.add(row.index()));
      page = page(query, newest.getLast());
    }
    List<Long> oldest = new ArrayList<>();
    long from = 0;
    while (true) {
      long next = from;
      List<AuditRow> some =
          store.inRead(c -> AuditSearch.oldest(c, query, next, Long.MAX_VALUE, 13));
      if (some.isEmpty()) {
        break;
      }
      some.forEach(row -> oldest.add(row.index()));
      from = oldest.getLast() + 1;
    }
    Collections.reverse(newest);
    assertThat(oldest).isEqualTo(newest).hasSizeGreaterThan(100).doesNotHaveDuplicates();
  }

  @Test
  void noSearchOrCount_readsTheWholeLog() {
    for (String sql :
        List.of(
            Entries.GROUP_OF,
            AuditSearch.NEWEST_OF_KIND,
            AuditSearch.OLDEST_OF_KIND,
            Entries.NEWEST,
            Entries.OLDEST,
            Entries.GROUP_AT_OR_AFTER,
            Entries.KEPT_AT_OR_AFTER,
            PrivateParts.OF_RANGE,
            CustomerEntries.OLDEST,
            CustomerEntries.NEWEST,
            CustomerEntries.NEWEST_READS,
            AuditSearch.OF_REQUEST_NEWEST,
            AuditSearch.OF_CUSTOMER_NEWEST,
            AuditSearch.OF_CUSTOMER_OLDEST,
            AuditSearch.OF_CUSTOMERS,
            AuditSearch.TIMES,
            AuditSearch.KINDS_OF_TYPE,
            AuditSummary.TALLIES)) {
      assertThat(plan(sql)).as(sql).isNotEmpty().noneMatch(step -> step.startsWith("SCAN"));
    }
    assertThat(plan(AuditSearch.NEWEST_OF_KIND))
        .anyMatch(s -> s.contains("(kind=? AND idx>? AND idx<?)"));
    assertThat(plan(AuditSearch.OF_REQUEST))
        .anyMatch(s -> s.contains("(request=? AND idx>? AND idx<?)"));
    assertThat(plan(AuditSearch.OF_CUSTOMER)).anyMatch(s -> s.contains("(subject=?)"));
  }

  @Test
  void theTimesOfAnAppsReads_areThoseOfItsPermits_andOfEachKindTheNewest() {
    List<Long> permitted =
        newest(AuditQuery.ALL).stream()
            .filter(r -> r.word("actor").equals("shop") && r.word("decision").equals("permit"))
            .filter(r -> r.word("purpose").equals(PURPOSES[1]))
            .map(AuditRow::time)
            .toList();
    assertThat(permittedReads(1_000)).hasSizeGreaterThan(50).hasSameElementsAs(permitted);
    assertThat(permittedReads(1_000)).hasSameSizeAs(permitted);
    assertThat(permittedReads(1)).contains(permitted.getFirst()).hasSizeLessThan(10);
  }

  private List<Long> permittedReads(int most) {
    return store.inRead(
        c -> AuditSearch.times(c, AuditQuery.permittedTo("shop", PURPOSES[1]), most));
  }

  @Test
  void anEntry_isAboutItsCustomer_untilTheyAreErased() {
    List<AuditRow> theirs =
        newest(AuditQuery.ALL).stream().filter(r -> r.json().contains("commit")).toList();
    assertThat(theirs).hasSizeGreaterThan(50);
    BitSet withPart = new BitSet();
    store.inRead(
        c -> {
          StoredTiles.sealed(c, index -> withPart.set(Math.toIntExact(index)));
          return 0;
        });
    assertThat(withPart.stream().mapToObj(index -> (long) index))
        .containsExactlyInAnyOrderElementsOf(theirs.stream().map(AuditRow::index).toList());
    long one = theirs.getFirst().index();
    assertThat(subject(one)).contains(7L);
    assertThat(subject(one - 1)).isEmpty();
    store.inWrite(c -> log.stageErasure(c, 7, Map.of(), 1_000));
    assertThat(subject(one)).isEmpty();
  }

  private Optional<Long> subject(long index) {
    return store.inRead(c -> AuditReader.subject(c, index));
  }

  @Test
  void counts_matchTheEntries_byEveryDimensionAndByTime() {
    Map<String, Long> expected = new TreeMap<>();
    for (AuditRow row : newest(AuditQuery.ALL)) {
      if (row.word("decision").equals("refuse")) {
        String day = Instant.ofEpochMilli(row.time()).toString().substring(0, 10);
        for (String reason : row.words("reasons")) {
          expected.merge(day + " " + row.word("purpose") + " " + reason, 1L, Long::sum);
        }
      }
    }
    Map<String, Long> counted = new TreeMap<>();
    for (AuditSummary.Group group :
        summary(query("decision", "refuse"), Bucket.DAY, By.PURPOSE, By.REASON)) {
      counted.put(
          group.start().toString().substring(0, 10) + " " + String.join(" ", group.values()),
          group.entries());
    }
    assertThat(counted).isEqualTo(expected).hasSizeGreaterThan(6);
    assertThat(summary(AuditQuery.ALL, Bucket.ALL))
        .singleElement()
        .matches(group -> group.entries() == log.size());
    assertThat(summary(AuditQuery.ALL, Bucket.MONTH, By.TYPE)).hasSize(3);
    assertThat(summary(AuditQuery.ALL, Bucket.WEEK).getFirst().start())
        .isEqualTo(Instant.parse("2026-11-16T00:00:00Z"));
    assertThat(summary(query("reason", "NO"), Bucket.ALL, By.REASON))
        .singleElement()
        .matches(group -> group.values().equals(List.of("NO")));
    assertThatThrownBy(
            () ->
                store.inRead(
                    c -> AuditSummary.of(c, AuditQuery.ALL, List.of(By.ACTOR), Bucket.HOUR, 5)))
        .isInstanceOf(AuditSummary.TooManyGroups.class);
  }

  @Test
  void whatIsFoundAndCounted_isTheSame_beforeAndAfterTheIndexHasIt() {
    List<List<?>> found = List.of();
    for (int i = 0; i < 2; i++) {
      List<List<?>> now = new ArrayList<>();
      for (AuditQuery query :
          List.of(
              query("actor", "shop"),
              query("reason", "NO_CONSENT"),
              query("request", "request-165"),
              within(0, Long.MAX_VALUE, Optional.of(7L)))) {
        now.add(newest(query));
        now.add(store.inRead(c -> AuditSearch.oldest(c, query, 290, 350, 20)));
        now.add(summary(query, Bucket.HOUR, By.ACTOR, By.REASON));
      }
      now.add(store.inRead(c -> AuditSearch.times(c, query("actor", "crm"), 150)));
      now.add(store.inRead(c -> AuditReader.accesses(c, 7, ann, 400, 50)));
      now.add(store.inRead(c -> AuditReader.reads(c, 7, ann, 50)));
      now.add(store.inRead(c -> AuditReader.readers(c, 7)));
      now.add(store.inRead(c -> new CustomerEntries(c, 7).oldest(400, 40, 30)));
      now.add(store.inRead(c -> List.of(AuditReader.count(c, 7, 1_000))));
      now.add(store.inRead(AuditSearchTest::ofCustomers));
      now.add(store.inRead(AuditSearchTest::hours));
      assertThat(now).allMatch(list -> !list.isEmpty());
      if (i > 0) {
        assertThat(now).isEqualTo(found);
      }
      found = now;
      log.index();
      assertThat(store.inRead(SearchIndex::indexed)).isEqualTo(log.size());
      assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
    }
  }

  private static List<Long> ofCustomers(Connection c) throws SQLException {
    List<Long> indices = new ArrayList<>();
    AuditSearch.ofCustomers(
        c,
        query("actor", "shop"),
        1,
        9,
        (subject, row) -> indices.add(subject * 1_000 + row.index()));
    Collections.sort(indices);
    return indices;
  }

  private static List<AuditHour> hours(Connection c) throws SQLException {
    List<AuditHour> hours = new ArrayList<>();
    OptionalLong next = AuditHour.after(c, 0);
    while (next.isPresent()) {
      hours.add(AuditHour.of(c, next.getAsLong()));
      next = AuditHour.after(c, next.getAsLong());
    }
    return hours;
  }

  @Test
  void afterARollback_countsAndKinds_areAsBefore() {
    List<AuditSummary.Group> before = summary(AuditQuery.ALL, Bucket.HOUR, By.ACTOR, By.TYPE);
    AuditEntry unheard = AuditEntry.of(EntryType.READ, Map.of("actor", "unheard-of"));
    assertThatThrownBy(
            () ->
                store.inWrite(
                    c -> {
                      log.stage(c, unheard);
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    assertThat(summary(AuditQuery.ALL, Bucket.HOUR, By.ACTOR, By.TYPE)).isEqualTo(before);
    log.append(unheard);
    assertFinds(query("actor", "unheard-of"), r -> r.word("actor").equals("unheard-of"));
    assertThat(store.inRead(LogVerifier::verify).problems()).isEmpty();
  }

  @Test
  void aCheckInSteps_findsTheSameFaultsAsACheckInOne_whileTheLogGrows() {
    LogVerifier verifier = store.inRead(LogVerifier::begin);
    int steps = 0;
    while (!store.inRead(c -> verifier.step(c, 100))) {
      steps++;
      if (steps == 2) {
        store.inWrite(c -> log.stageErasure(c, 7, Map.of(), 1_000));
        log.append(entry(1));
      }
    }
    assertThat(steps).isEqualTo(5);
    assertThat(verifier.found()).isEqualTo(store.inRead(LogVerifier::verify));
    assertThat(verifier.found().problems()).isEmpty();
  }

  private void assertFinds(AuditQuery query, Predicate<AuditRow> fits) {
    List<AuditRow> all =
        store.inRead(c -> AuditSearch.newest(c, AuditQuery.ALL, Long.MAX_VALUE, 10_000));
    assertThat(all).hasSize((int) log.size());
    assertThat(newest(query)).isEqualTo(all.stream().filter(fits).toList());
  }

  private List<AuditRow> newest(AuditQuery query) {
    return store.inRead(c -> AuditSearch.newest(c, query, Long.MAX_VALUE, 10_000));
  }

  private List<AuditRow> page(AuditQuery query, long before) {
    return store.inRead(c -> AuditSearch.newest(c, query, before, 17));
  }

  private List<AuditSummary.Group> summary(AuditQuery query, Bucket bucket, By... by) {
    return store.inRead(c -> AuditSummary.of(c, query, List.of(by), bucket, 1_000));
  }

  private List<String> plan(String sql) {
    return store.inRead(
        c -> {
          try (var statement = c.prepareStatement("EXPLAIN QUERY PLAN " + sql);
              var rows = statement.executeQuery()) {
            List<String> steps = new ArrayList<>();
            while (rows.next()) {
              steps.add(rows.getString("detail"));
            }
            return steps;
          }
        });
  }

  static AuditQuery within(long from, long to, Optional<Long> subject) {
    return new AuditQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(from),
        Optional.of(to),
        subject);
  }

  private static AuditQuery query(String part, String word) {
    return new AuditQuery(
        is("type", part, word),
        is("actor", part, word),
        is("role", part, word),
        is("purpose", part, word),
        is("basis", part, word),
        is("decision", part, word),
        is("reason", part, word),
        is("policy", part, word),
        is("request", part, word),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Optional<String> is(String name, String part, String word) {
    return Optional.of(word).filter(_ -> name.equals(part));
  }
}
