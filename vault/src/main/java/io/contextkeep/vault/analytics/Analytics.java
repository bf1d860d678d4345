package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.tree.Hashes;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.ontology.StatisticRelease;
import io.contextkeep.ontology.Urns;
import io.contextkeep.policy.AggregateDecision;
import io.contextkeep.policy.AggregatePermit;
import io.contextkeep.policy.Refusal;
import io.contextkeep.vault.analytics.noise.Draws;
import io.contextkeep.vault.analytics.noise.Draws.RandomBytes;
import io.contextkeep.vault.context.CohortPath;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.provenance.Releases;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Json;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.SecretKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions about populations, always in this order: the plan and the cost follow from the
 * question alone; the policy decides; the charge and its log entry become durable; only then is
 * data read and noise drawn, once, and the answer is stored before it is released. So refusals
 * never depend on data, and noise is never drawn twice.
 */
final class Analytics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Analytics.class);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The most releases to search for a count. */
  private static final int NEWEST = 50;

  /** The most concurrent scans; each uses all processors. */
  private static final int MAX_SCANS = 2;

  /** The time limit of a question, which would otherwise hold its place permanently. */
  private static final Duration DEADLINE = Duration.ofMinutes(10);

  /** The interval at which a question that waits for its scan checks whether it was cancelled. */
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(200);

  /** The time to wait for the end of a cancelled job. */
  private static final Duration CANCEL_TIMEOUT = Duration.ofMillis(400);

  /** The most jobs to remember; answers are kept in the database. */
  private static final int MAX_JOBS = 10_000;

  private final Db db;
  private final Ledger ledger = new Ledger();
  private final QueryReader reader;
  private final CohortPath path;
  private final AuditLog log;
  private final SecretKey choosing;
  private final RandomBytes random;
  private final InstantSource clock;
  private final Timing timing;
  private final ExecutorService threads;
  private final Semaphore scans = new Semaphore(MAX_SCANS, true);
  private final Places places = new Places();
  private final Map<Long, Job> jobs = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /**
   * @param choosing the key that selects which of a customer's many events count
   * @param random a cryptographic generator
   */
  public Analytics(
      Core core,
      Registry registry,
      CohortPath path,
      SecretKey choosing,
      RandomBytes random,
      Timing timing,
      ExecutorService threads) {
    this.db = core.db();
    this.reader = new QueryReader(registry);
    this.path = path;
    this.log = core.log();
    this.choosing = choosing;
    this.random = random;
    this.clock = core.clock();
    this.timing = timing;
    this.threads = threads;
    db.inWrite(ledger::giveUpAll);
  }

  /**
   * Estimates the cost and the exactness of a question, and the reasons against it. The policy is
   * asked; no data is read and nothing is spent.
   */
  public Estimate estimate(Caller caller, JsonNode json) {
    Plan plan = Plan.of(reader.read(json));
    long needed = Needed.customers(plan);
    List<Warning> warnings =
        switch (decide(caller, plan)) {
          case Refusal refusal -> Warning.refused(plan, refusal);
          case AggregatePermit _ -> Warning.size(needed, released(plan.query())).stream().toList();
        };
    return new Estimate(
        plan.query().canonical(),
        Answers.method(plan),
        needed,
        Costs.of(plan.cost()),
        standing(caller, plan.query().purpose(), plan.query().population())
            .map(standing -> BudgetStanding.of(standing, plan.cost())),
        warnings);
  }

  /** Returns the newest released plain count of the population, which is public. */
  private OptionalLong released(Query query) {
    return db.inRead(c -> ledger.releases(c, query.purpose(), query.population(), NEWEST)).stream()
        .map(Analytics::parsed)
        .filter(release -> isPlainCount(release.path("question")))
        .mapToLong(release -> release.path("counted").longValue())
        .findFirst();
  }

  private static boolean isPlainCount(JsonNode question) {
    return question.path("measure").asText().equals(Measure.COUNT.code())
        && !question.has("column")
        && question.path("where").isEmpty()
        && question.path("groupBy").isEmpty();
  }

  private static JsonNode parsed(String release) {
    try {
      return JSON.readTree(release);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A release is not JSON", e);
    }
  }

  /** Asks a question, if the policy and the budget allow it. */
  public Outcome ask(Caller caller, String request, JsonNode json) {
    Plan plan = Plan.of(reader.read(json));
    return switch (decide(caller, plan)) {
      case Refusal refusal -> refused(caller, request, plan, refusal);
      case AggregatePermit permit -> admitted(caller, request, plan, permit);
    };
  }

  private AggregateDecision decide(Caller caller, Plan plan) {
    Query query = plan.query();
    return path.decide(
        caller,
        query.purpose(),
        query.population(),
        query.measure().code(),
        query.attributes().values(),
        plan.cost().rho(),
        plan.cost().delta());
  }

  private Outcome refused(Caller caller, String request, Plan plan, Refusal refusal) {
    TreeMap<String, Object> facts = facts(caller, request, plan, refusal);
    facts.put("decision", "refuse");
    facts.put("reasons", refusal.reasons());
    log.append(AuditEntry.of(EntryType.REFUSE, facts));
    return new Outcome.Refused(
        refusal.reasons(), refusal.stepUp(), Outcome.Masked.of(plan.query(), refusal));
  }

  private Outcome admitted(Caller caller, String request, Plan plan, AggregatePermit permit) {
    Epoch epoch = timing.at(clock.instant());
    Charge charge =
        new Charge(
            plan.query().purpose(),
            plan.query().population(),
            caller.id(),
            remembered(plan.query(), permit),
            epoch.number(),
            plan.cost(),
            clock.millis());
    TreeMap<String, Object> facts = facts(caller, request, plan, permit);
    Optional<Places.Place> place = places.take(caller.id());
    if (place.isEmpty()) {
      return new Outcome.TooMany(timing.slot());
    }
    Admission admission = admission(charge, facts, place.get());
    return switch (admission) {
      case Admission.Charged charged -> {
        Job job = joined(caller, charged.charge());
        job.holds(place.get());
        start(caller, request, plan, permit, epoch, job);
        yield new Outcome.Started(job, false);
      }
      case Admission.Underway underway ->
          new Outcome.Started(joined(caller, underway.charge()), true);
      case Admission.Answered answered -> new Outcome.Known(answered.release());
      case Admission.Exhausted exhausted ->
          new Outcome.Exhausted(exhausted.share(), plan.cost(), exhausted.standing());
      case Admission.NoBudget _ -> new Outcome.NoBudget();
    };
  }

  /** Admits a question; its place is released unless it is charged. */
  private Admission admission(Charge charge, TreeMap<String, Object> facts, Places.Place place) {
    boolean charged = false;
    try {
      Admission admission = db.inWrite(c -> admit(c, charge, facts));
      charged = admission instanceof Admission.Charged;
      return admission;
    } finally {
      if (!charged) {
        place.close();
      }
    }
  }

  /** Charges a question and writes its log entry in one transaction. */
  private Admission admit(Connection c, Charge charge, TreeMap<String, Object> decided)
      throws SQLException {
    Admission admission = ledger.admit(c, charge);
    TreeMap<String, Object> facts = new TreeMap<>(decided);
    switch (admission) {
      case Admission.Charged charged -> {
        facts.put("decision", "charge");
        facts.put("charge", charged.charge());
        log.stage(c, AuditEntry.of(EntryType.CHARGE, facts));
      }
      case Admission.Underway _, Admission.Answered _ -> {
        facts.put("decision", "replay");
        log.stage(c, AuditEntry.of(EntryType.CHARGE, facts));
      }
      case Admission.Exhausted _, Admission.NoBudget _ -> {
        facts.put("decision", "refuse");
        facts.put("reasons", List.of("BUDGET_EXHAUSTED"));
        log.stage(c, AuditEntry.of(EntryType.REFUSE, facts));
      }
    }
    return admission;
  }

  private static TreeMap<String, Object> facts(
      Caller caller, String request, Plan plan, AggregateDecision decision) {
    TreeMap<String, Object> facts = facts(caller, request);
    facts.put("purpose", plan.query().purpose());
    facts.put("population", plan.query().population());
    facts.put("measure", plan.query().measure().code());
    facts.put("question", hashText(plan.query()));
    facts.put("rho", plan.cost().rho());
    facts.put("delta", plan.cost().delta());
    facts.put("decisionId", decision.id());
    facts.put("decisionDigest", decision.digest());
    facts.put("policy", decision.policy().revision());
    facts.put("policyDigest", decision.policy().codeDigest());
    facts.put("dataDigest", decision.policy().dataDigest());
    return facts;
  }

  /** Returns the facts of the caller. */
  private static TreeMap<String, Object> facts(Caller caller, String request) {
    return Actor.in(request, caller).facts();
  }

  /**
   * Returns the key by which an answer is remembered: the question, the policy that permits it, and
   * the definitions of its attributes. So an answer under another policy or another registration is
   * not repeated. Consents are left out deliberately: changes of consent count from the next epoch
   * on.
   */
  private static byte[] remembered(Query query, AggregatePermit permit) {
    SortedMap<String, JsonNode> attributes = new TreeMap<>();
    query.attributes().forEach((name, attribute) -> attributes.put(name, attribute.definition()));
    Remembered remembered =
        new Remembered(
            query.canonical(),
            List.of(
                permit.policy().revision(),
                permit.policy().codeDigest(),
                permit.policy().dataDigest(),
                permit.terms()),
            attributes);
    return Hashes.sha256()
        .digest(Json.tree(remembered).toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What an answer is remembered by, whose bytes are hashed. */
  private record Remembered(
      JsonNode question, List<String> policy, SortedMap<String, JsonNode> attributes) {}

  private static String hashText(Query query) {
    byte[] canonical = query.canonical().toString().getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Hashes.sha256().digest(canonical));
  }

  private Job joined(Caller caller, long charge) {
    if (jobs.size() > MAX_JOBS) {
      jobs.values().removeIf(old -> old.status().state() != Job.State.RUNNING);
    }
    Job job = jobs.computeIfAbsent(charge, Job::new);
    job.join(caller.id());
    return job;
  }

  private void start(
      Caller caller, String request, Plan plan, AggregatePermit permit, Epoch epoch, Job job) {
    Deadline deadline = new Deadline(clock.instant().plus(DEADLINE));
    threads.execute(() -> run(caller, request, plan, permit, epoch, job, deadline));
    if (stopping) {
      giveUp(job, Job.State.FAILED, Failures.STOPPING);
    }
  }

  private void run(
      Caller caller,
      String request,
      Plan plan,
      AggregatePermit permit,
      Epoch epoch,
      Job job,
      Deadline deadline) {
    try {
      Noisy noisy = counted(plan, permit, job, deadline).release(new Draws(random));
      // Nothing observable changes before the end of a slot: not the remembered answers, not the
      // possibility to cancel, not the log.
      job.ended(Duration.ofNanos(timing.rest(System.nanoTime())));
      Release released = release(plan, noisy, epoch, job.charge());
      String release = Json.tree(released).toString();
      StatisticRelease lineage = lineage(plan, released, epoch, job.charge());
      if (db.<Boolean>inWrite(c -> keep(c, caller, request, plan, job, release, lineage))) {
        job.release(release);
      }
    } catch (RuntimeException | Error e) {
      String reason = Failures.code(e);
      LOG.atError()
          .addKeyValue("thrown", e.getClass().getName())
          .addKeyValue("reason", reason)
          .log("a question was not answered");
      giveUp(job, Job.State.FAILED, reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(job, Job.State.FAILED, Failures.STOPPING);
    }
  }

  private final class Deadline {
    private final Instant latest;

    Deadline(Instant latest) {
      this.latest = latest;
    }

    boolean passed() {
      return clock.instant().isAfter(latest);
    }

    void check() {
      if (passed()) {
        throw new Failures.DeadlinePassed();
      }
    }
  }

  /** Counts all customers, once a scan may begin; a cancelled question keeps no counts. */
  private Tally counted(Plan plan, AggregatePermit permit, Job job, Deadline deadline)
      throws InterruptedException {
    while (!scans.tryAcquire(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
      deadline.check();
      if (job.isCancelled()) {
        return new Tally(plan, choosing);
      }
    }
    try {
      Tally tally = scanned(plan, permit, job, deadline);
      deadline.check();
      return tally;
    } finally {
      scans.release();
    }
  }

  private Tally scanned(Plan plan, AggregatePermit permit, Job job, Deadline deadline) {
    Query query = plan.query();
    CohortPath.Wanted wanted =
        new CohortPath.Wanted(
            query.attributes().values(),
            query.window().from().toEpochMilli(),
            query.window().until().toEpochMilli());
    List<Tally> tallies = new ArrayList<>();
    path.each(
        permit,
        wanted,
        watch(query, job, deadline),
        () -> {
          Tally tally = new Tally(plan, choosing);
          tallies.add(tally);
          return tally::add;
        });
    Tally all = new Tally(plan, choosing);
    tallies.forEach(all::take);
    return all;
  }

  private CohortPath.Watch watch(Query query, Job job, Deadline deadline) {
    boolean limited =
        db.<Boolean>inRead(
            c ->
                ledger
                    .budget(c, query.purpose(), query.population())
                    .flatMap(Budget::each)
                    .isPresent());
    AtomicLong slot = new AtomicLong(timing.slot(System.nanoTime()));
    return new CohortPath.Watch() {
      @Override
      public boolean isCancelled() {
        return job.isCancelled() || deadline.passed();
      }

      /**
       * Reports progress only at the ends of slots, so that it does not reveal the speed of a scan.
       */
      @Override
      public void progress(int done) {
        long now = timing.slot(System.nanoTime());
        if (slot.getAndSet(now) != now) {
          job.progress(done / 10);
        }
      }

      @Override
      public Optional<Set<Long>> among(Connection c, long first, long last) throws SQLException {
        return limited
            ? Optional.of(new HashSet<>(ledger.takingPart(c, job.charge(), first, last)))
            : Optional.empty();
      }
    };
  }

  private static Release release(Plan plan, Noisy noisy, Epoch epoch, long charge) {
    return new Release(
        charge,
        plan.query().canonical(),
        hashText(plan.query()),
        Release.Snapshot.of(epoch),
        epoch.number(),
        Answers.method(plan),
        Answers.results(plan, noisy),
        Costs.of(plan.cost()),
        Urns.release(charge));
  }

  private StatisticRelease lineage(Plan plan, Release released, Epoch epoch, long charge) {
    return new StatisticRelease(
        charge,
        Purpose.parse(plan.query().purpose()).orElseThrow(),
        plan.query().population(),
        plan.cost().rho(),
        plan.cost().delta(),
        released.results().counted().longValue(),
        epoch.number(),
        clock.instant());
  }

  private boolean keep(
      Connection c,
      Caller caller,
      String request,
      Plan plan,
      Job job,
      String release,
      StatisticRelease lineage)
      throws SQLException {
    if (job.isCancelled() || !ledger.release(c, job.charge(), release)) {
      return false;
    }
    Releases.add(c, lineage);
    TreeMap<String, Object> facts = facts(caller, request);
    facts.put("purpose", plan.query().purpose());
    facts.put("population", plan.query().population());
    facts.put("charge", job.charge());
    facts.put("question", hashText(plan.query()));
    log.stage(c, AuditEntry.of(EntryType.RELEASE, facts));
    return true;
  }

  /** Returns a recent job of this analyst. */
  public Optional<Job> job(Caller caller, long charge) {
    return Optional.ofNullable(jobs.get(charge)).filter(job -> job.isAskedBy(caller.id()));
  }

  /** Returns a job if this analyst was charged for it. */
  public Optional<Job> charged(Caller caller, long charge) {
    boolean own = db.<Boolean>inRead(c -> ledger.isBy(c, charge, caller.id()));
    return own ? job(caller, charge) : Optional.empty();
  }

  /** Cancels a job, unless its answer is stored already. The charge stays. */
  public Job.Status cancel(Job job) {
    giveUp(job, Job.State.CANCELLED, Failures.CANCELLED);
    return job.ended(CANCEL_TIMEOUT);
  }

  /** Notes that a client has disconnected; a question without waiting clients is cancelled. */
  public void left(Job job) {
    if (job.leave()) {
      giveUp(job, Job.State.CANCELLED, Failures.CANCELLED);
    }
  }

  /** Ends every running question without waiting for the ends of slots. */
  @Override
  public void close() {
    stopping = true;
    for (Job job : jobs.values()) {
      if (job.status().state() == Job.State.RUNNING) {
        giveUp(job, Job.State.FAILED, Failures.STOPPING);
      }
    }
  }

  private void giveUp(Job job, Job.State state, String reason) {
    if (db.<Boolean>inWrite(c -> ledger.giveUp(c, job.charge()))) {
      job.end(state, reason);
    }
  }

  /** Returns the standing of a budget for the caller; empty if there is none. */
  public Optional<Standing> standing(Caller caller, String purpose, String population) {
    return db.inRead(
        c -> {
          Optional<Budget> budget = ledger.budget(c, purpose, population);
          return budget.isEmpty()
              ? Optional.empty()
              : Optional.of(ledger.standing(c, budget.get(), caller.id()));
        });
  }

  public List<Budget> budgets() {
    return db.inRead(ledger::budgets);
  }

  /** Sets a budget in the caller's transaction; earlier charges stay. */
  public void put(Connection c, Budget budget) throws SQLException {
    ledger.put(c, budget);
  }

  /** Returns the budget of that purpose and population. */
  public Optional<Budget> budget(Connection c, String purpose, String population)
      throws SQLException {
    return ledger.budget(c, purpose, population);
  }
}
