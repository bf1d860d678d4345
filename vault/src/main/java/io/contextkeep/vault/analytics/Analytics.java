package io.contextkeep.vault.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import io.contextkeep.vault.analytics.budget.Admission;
import io.contextkeep.vault.analytics.budget.Budget;
import io.contextkeep.vault.analytics.budget.Charge;
import io.contextkeep.vault.analytics.budget.Ledger;
import io.contextkeep.vault.analytics.budget.Standing;
import io.contextkeep.vault.analytics.noise.Draws;
import io.contextkeep.vault.analytics.noise.RandomBytes;
import io.contextkeep.vault.analytics.query.Noisy;
import io.contextkeep.vault.analytics.query.Plan;
import io.contextkeep.vault.analytics.query.Query;
import io.contextkeep.vault.analytics.query.QueryReader;
import io.contextkeep.vault.analytics.query.Tally;
import io.contextkeep.vault.analytics.report.Answers;
import io.contextkeep.vault.analytics.report.Costs;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Caller;
import io.contextkeep.vault.read.CohortPath;
import io.contextkeep.vault.store.Cohort;
import io.contextkeep.vault.store.Registry;
import io.contextkeep.vault.store.Releases;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions about populations. The order is the promise: what is asked and what it costs is
 * settled from the question alone; the policy decides; the charge and its entry in the log are
 * durable; only then is data read, noise drawn once, and the answer kept before anybody sees it. So
 * nothing that refuses has seen data, and nothing that was drawn is drawn again.
 */
public final class Analytics {
  private static final Logger LOG = LoggerFactory.getLogger(Analytics.class);

  /** Scans at the same time: each uses all processors. */
  private static final int SCANS = 2;

  /** A cancelled job ends in a moment. */
  private static final Duration MOMENT = Duration.ofMillis(400);

  /** Jobs that ended are told of for a while; their answers are kept in the database anyway. */
  private static final int MOST_JOBS = 10_000;

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
  private final Semaphore scans = new Semaphore(SCANS, true);
  private final Map<Long, Job> jobs = new ConcurrentHashMap<>();

  /**
   * @param choosing the key by which is chosen which of many events of a customer count
   * @param random a cryptographic generator
   */
  public Analytics(
      Db db,
      Registry registry,
      CohortPath path,
      AuditLog log,
      SecretKey choosing,
      RandomBytes random,
      InstantSource clock,
      Timing timing,
      ExecutorService threads) {
    this.db = db;
    this.reader = new QueryReader(registry);
    this.path = path;
    this.log = log;
    this.choosing = choosing;
    this.random = random;
    this.clock = clock;
    this.timing = timing;
    this.threads = threads;
    db.inWrite(ledger::giveUpAll);
  }

  /**
   * What the question would cost and how exact its answer would be. It is not asked, and no data.
   */
  public ObjectNode estimate(Caller caller, JsonNode json) {
    Plan plan = Plan.of(reader.read(json));
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.set("question", plan.query().canonical());
    answer.setAll(Answers.method(plan));
    answer.set("cost", Costs.json(plan.cost()));
    standing(caller, plan.query().purpose(), plan.query().population())
        .ifPresent(standing -> answer.set("budget", Costs.json(standing, plan.cost())));
    return answer;
  }

  /** Asks it, if policy and budget allow. */
  public Outcome ask(Caller caller, String request, JsonNode json) {
    Plan plan = Plan.of(reader.read(json));
    AggregateDecision decision =
        path.decide(
            caller,
            plan.query().purpose(),
            plan.query().population(),
            plan.query().measure().code(),
            plan.query().attributes().values(),
            plan.cost().rho(),
            plan.cost().delta());
    return switch (decision) {
      case Refusal refusal -> refused(caller, request, plan, refusal);
      case AggregatePermit permit -> admitted(caller, request, plan, permit);
    };
  }

  private Outcome refused(Caller caller, String request, Plan plan, Refusal refusal) {
    TreeMap<String, Object> facts = facts(caller, request, plan, refusal);
    facts.put("decision", "refuse");
    facts.put("reasons", refusal.reasons());
    log.append(AuditEntry.of(EntryType.REFUSE, facts));
    return new Outcome.Refused(refusal.reasons(), refusal.stepUp());
  }

  private Outcome admitted(Caller caller, String request, Plan plan, AggregatePermit permit) {
    Epoch epoch = timing.at(clock.instant());
    Charge charge =
        new Charge(
            plan.query().purpose(),
            plan.query().population(),
            caller.id(),
            hash(plan.query()),
            epoch.number(),
            plan.cost(),
            clock.millis());
    TreeMap<String, Object> facts = facts(caller, request, plan, permit);
    Admission admission = db.inWrite(c -> admit(c, charge, facts));
    return switch (admission) {
      case Admission.Charged charged ->
          new Outcome.Started(start(caller, request, plan, permit, epoch, charged.charge()), false);
      case Admission.Underway underway -> new Outcome.Started(job(underway.charge()), true);
      case Admission.Answered answered -> new Outcome.Known(answered.release());
      case Admission.Exhausted exhausted ->
          new Outcome.Exhausted(exhausted.share(), plan.cost(), exhausted.standing());
      case Admission.NoBudget _ -> new Outcome.NoBudget();
    };
  }

  /** The charge, or that there was none, and its entry are one transaction. */
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

  /** Who asks, as every entry says it. */
  private static TreeMap<String, Object> facts(Caller caller, String request) {
    return new TreeMap<>(
        Map.of("request", request, "actor", caller.id(), "role", caller.role().code()));
  }

  private static String hashText(Query query) {
    return HexFormat.of().formatHex(hash(query));
  }

  private static byte[] hash(Query query) {
    return Hashes.sha256().digest(query.canonical().toString().getBytes(StandardCharsets.UTF_8));
  }

  private Job job(long charge) {
    return jobs.computeIfAbsent(charge, Job::new);
  }

  private Job start(
      Caller caller, String request, Plan plan, AggregatePermit permit, Epoch epoch, long charge) {
    if (jobs.size() > MOST_JOBS) {
      jobs.values().removeIf(old -> old.status().state() != Job.State.RUNNING);
    }
    Job job = job(charge);
    threads.execute(() -> run(caller, request, plan, permit, epoch, job));
    return job;
  }

  private void run(
      Caller caller, String request, Plan plan, AggregatePermit permit, Epoch epoch, Job job) {
    try {
      scans.acquire();
      Tally tally;
      try {
        tally = scanned(plan, permit, job);
      } finally {
        scans.release();
      }
      if (job.isCancelled()) {
        return;
      }
      Noisy noisy = tally.release(new Draws(random));
      ObjectNode released = release(plan, noisy, epoch, job.charge());
      String release = released.toString();
      StatisticRelease lineage = lineage(plan, released, epoch, job.charge());
      boolean kept = db.inWrite(c -> keep(c, caller, request, plan, job, release, lineage));
      TimeUnit.NANOSECONDS.sleep(timing.rest(System.nanoTime()));
      if (kept) {
        job.end(Job.State.RELEASED, Optional.of(release));
      }
    } catch (RuntimeException | Error e) {
      LOG.atError()
          .addKeyValue("thrown", e.getClass().getName())
          .log("a question was not answered");
      giveUp(job, Job.State.FAILED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(job, Job.State.FAILED);
    }
  }

  private Tally scanned(Plan plan, AggregatePermit permit, Job job) {
    Query query = plan.query();
    Cohort.Wanted wanted =
        new Cohort.Wanted(
            query.attributes().values(),
            query.window().from().toEpochMilli(),
            query.window().until().toEpochMilli());
    List<Tally> tallies = new ArrayList<>();
    path.each(
        permit,
        wanted,
        watch(query, job),
        () -> {
          Tally tally = new Tally(plan, choosing);
          tallies.add(tally);
          return tally::add;
        });
    Tally all = new Tally(plan, choosing);
    tallies.forEach(all::take);
    return all;
  }

  private CohortPath.Watch watch(Query query, Job job) {
    boolean limited =
        db.<Boolean>inRead(
            c ->
                ledger
                    .budget(c, query.purpose(), query.population())
                    .flatMap(Budget::each)
                    .isPresent());
    return new CohortPath.Watch() {
      @Override
      public boolean isCancelled() {
        return job.isCancelled();
      }

      @Override
      public void progress(int done) {
        job.progress(done / 10);
      }

      @Override
      public Optional<Set<Long>> among(Connection c, long first, long last) throws SQLException {
        return limited
            ? Optional.of(new HashSet<>(ledger.takingPart(c, job.charge(), first, last)))
            : Optional.empty();
      }
    };
  }

  private static ObjectNode release(Plan plan, Noisy noisy, Epoch epoch, long charge) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("release", charge);
    json.set("question", plan.query().canonical());
    json.put("questionHash", hashText(plan.query()));
    json.putObject("snapshot")
        .put("epoch", epoch.number())
        .put("from", epoch.from().toString())
        .put("until", epoch.until().toString());
    json.put("consentEpoch", epoch.number());
    json.setAll(Answers.method(plan));
    Answers.results(plan, noisy, json);
    json.set("cost", Costs.json(plan.cost()));
    json.put("lineage", Urns.release(charge));
    return json;
  }

  private StatisticRelease lineage(Plan plan, ObjectNode released, Epoch epoch, long charge) {
    return new StatisticRelease(
        charge,
        Purpose.parse(plan.query().purpose()).orElseThrow(),
        plan.query().population(),
        plan.cost().rho(),
        plan.cost().delta(),
        released.path("counted").longValue(),
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

  /** The job with that number, if this analyst asked it and it is not long ago. */
  public Optional<Job> job(Caller caller, long charge) {
    boolean own = db.<Boolean>inRead(c -> ledger.isBy(c, charge, caller.id()));
    return own ? Optional.ofNullable(jobs.get(charge)) : Optional.empty();
  }

  /** Stops it, unless its answer is kept already. What it was charged stays charged. */
  public Job.Status cancel(Job job) {
    giveUp(job, Job.State.CANCELLED);
    return job.ended(MOMENT);
  }

  private void giveUp(Job job, Job.State state) {
    if (db.<Boolean>inWrite(c -> ledger.giveUp(c, job.charge()))) {
      job.end(state, Optional.empty());
    }
  }

  /** How the budget stands for the caller; empty where there is none. */
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

  /** Sets a budget in the caller's transaction. What was spent stays spent. */
  public void put(Connection c, Budget budget) throws SQLException {
    ledger.put(c, budget);
  }

  /** Returns the budget of that purpose and population. */
  public Optional<Budget> budget(Connection c, String purpose, String population)
      throws SQLException {
    return ledger.budget(c, purpose, population);
  }
}
