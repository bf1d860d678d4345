package io.contextkeep.vault.policy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditEntry;
import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.EntryType;
import io.contextkeep.audit.StoreUnavailable;
import io.contextkeep.ontology.Purpose;
import io.contextkeep.policy.Bundle;
import io.contextkeep.policy.Catalogue;
import io.contextkeep.policy.NoPolicy;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyIdentity;
import io.contextkeep.policy.ReloadableEngine;
import io.contextkeep.policy.WasmEngine;
import io.contextkeep.policy.bundle.BundleReader;
import io.contextkeep.policy.bundle.BundleRejected;
import io.contextkeep.policy.bundle.BundleRejected.Step;
import io.contextkeep.policy.bundle.LoadGate;
import io.contextkeep.policy.bundle.Trust;
import io.contextkeep.vault.changes.ChangeRefused;
import io.contextkeep.vault.changes.ChangeRefused.Why;
import io.contextkeep.vault.changes.ChangeStore;
import io.contextkeep.vault.changes.TwoPeople;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Actor;
import io.contextkeep.vault.jobs.Jobs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The activation of policies. A policy passes the load gate, is recorded in the audit log, and only
 * then replaces the previous one, which decides until that moment and stays if anything fails. No
 * read waits for this. If a bundle is configured and none was ever accepted, nothing is allowed.
 */
public final class Policies implements AutoCloseable {
  private static final String LAST_GOOD_UNREADABLE = "LAST_GOOD_UNREADABLE";
  static final String LAST_GOOD_UNWRITABLE = "LAST_GOOD_UNWRITABLE";
  private static final String STORE_UNAVAILABLE = "STORE_UNAVAILABLE";
  static final String BUNDLE_UNREACHABLE = "BUNDLE_UNREACHABLE";
  static final String INTERNAL_ERROR = "INTERNAL_ERROR";

  /** The source of the built-in policy. */
  static final String BUILT_IN = "built-in";

  /** The time limit of a bundle server's whole answer. */
  private static final Duration BUNDLE_TIMEOUT = Duration.ofSeconds(10);

  private static final String LAST_GOOD = "last-good";
  private static final Set<Purpose> BUILT_IN_LAWS = Catalogue.optOut(Bundle.builtIn().data());
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(Policies.class);

  /** An edit of the catalogue in force. */
  public interface Edit extends UnaryOperator<ObjectNode> {}

  private final Db db;
  private final AuditLog log;
  private final LoadGate gate;
  private final Trust trust;
  private final LastGood lastGood;
  private final UnaryOperator<PolicyEngine> engineDecorator;
  private final Consumer<String> failureListener;
  private final TwoPeople people;
  private final InstantSource clock;
  private final ReloadableEngine engine = new ReloadableEngine(new NoPolicy());

  /** Held while a policy is checked and activated, which takes about a second. */
  private final ReentrantLock changing = new ReentrantLock();

  private volatile Optional<ActivePolicy> inForce = Optional.empty();
  private volatile Optional<Failure> failure = Optional.empty();
  private Optional<PolicyWatch> watch = Optional.empty();

  /**
   * The parts that load policies.
   *
   * @param builtIn the policy that decides if no bundle is configured
   * @param gate the checks of a policy before it may decide
   * @param lastGood the file of the last accepted bundle
   * @param engineDecorator wraps each engine; applied anew to each, so that decisions remembered of
   *     one policy are never given for the next
   * @param failureListener receives the code of each failure, once
   * @param clients makes clients for a bundle server; they must not follow redirects
   */
  public record Loading(
      Bundle builtIn,
      LoadGate gate,
      Path lastGood,
      UnaryOperator<PolicyEngine> engineDecorator,
      Consumer<String> failureListener,
      Supplier<HttpClient> clients) {}

  private Policies(
      Trust trust, Loading loading, Db db, AuditLog log, TwoPeople people, InstantSource clock) {
    this.db = db;
    this.log = log;
    this.gate = loading.gate();
    this.trust = trust;
    this.lastGood = new LastGood(loading.lastGood());
    this.engineDecorator = loading.engineDecorator();
    this.failureListener = loading.failureListener();
    this.people = people;
    this.clock = clock;
  }

  /** Puts a policy in force, if one is available, and starts to poll for others. */
  public static Policies start(
      PolicySettings settings,
      Loading loading,
      Db db,
      AuditLog log,
      TwoPeople people,
      InstantSource clock,
      Jobs jobs) {
    Policies policies = new Policies(settings.trust(), loading, db, log, people, clock);
    if (settings.server().isPresent()) {
      if (settings.bundle().isPresent()) {
        throw new IllegalArgumentException(
            "policy.bundle and policy.server exclude each other: set one of them");
      }
      return policies;
    }
    if (settings.bundle().isEmpty()) {
      policies.startBuiltIn(loading.builtIn());
      return policies;
    }
    if (settings.unsigned()) {
      LOG.atWarn()
          .log("unsigned policies are accepted: write access to policy.bundle is enough to decide");
    }
    policies.startLastGood();
    BundleSource source = source(settings, settings.bundle().get(), loading.clients());
    policies.watch =
        Optional.of(new PolicyWatch(source, policies, settings, RandomGenerator.getDefault()));
    policies.watch.get().start(jobs);
    return policies;
  }

  private static BundleSource source(
      PolicySettings settings, String bundle, Supplier<HttpClient> clients) {
    return PolicySettings.isUrl(bundle)
        ? new HttpSource(clients.get(), URI.create(bundle), settings.token(), BUNDLE_TIMEOUT)
        : new FileSource(Path.of(bundle));
  }

  /** Polls for a new bundle now, if there is a source. */
  public void poll() {
    watch.ifPresent(PolicyWatch::poll);
  }

  /** Returns what is wrong, for readiness, in codes; empty if nothing is. */
  public String note() {
    String failed =
        failure.filter(Failure::ongoing).map(f -> "policy failure: " + f.code() + "\n").orElse("");
    return (inForce.isEmpty() ? "policy: none\n" : "") + failed;
  }

  /** Returns the engine that always asks the policy in force. */
  public PolicyEngine engine() {
    return engine;
  }

  public Optional<ActivePolicy> inForce() {
    return inForce;
  }

  /** Returns the last failure since the start. */
  public Optional<Failure> lastFailure() {
    return failure;
  }

  /** Returns what the policy in force allows for each purpose: nothing if there is none. */
  public Map<String, Processing> allowed() {
    return inForce.map(now -> now.allowed().all()).orElse(Map.of());
  }

  /**
   * Returns the purposes that are sale or sharing by the laws of the policy in force, or of the
   * built-in policy if an OPA server decides.
   */
  public Set<Purpose> saleOrSharing() {
    return inForce.map(ActivePolicy::saleOrSharing).orElse(BUILT_IN_LAWS);
  }

  /** Puts the built-in policy in force, with the operators' change of it. */
  private void startBuiltIn(Bundle builtIn) {
    try {
      start(builtIn, BUILT_IN);
    } catch (BundleRejected e) {
      failed(e);
    }
  }

  /** Puts the last accepted bundle in force until the source has another; it is checked again. */
  private void startLastGood() {
    try {
      Optional<byte[]> bundle = lastGood.read();
      if (bundle.isPresent()) {
        Bundle last = BundleReader.read(bundle.get(), trust);
        refuseOlder(last);
        start(last, LAST_GOOD);
      }
    } catch (IOException e) {
      failed(LAST_GOOD_UNREADABLE);
    } catch (BundleRejected e) {
      failed(e);
    }
  }

  private void start(Bundle bundle, String source) throws BundleRejected {
    Optional<Change> change =
        db.inRead(c -> PolicyStore.applied(c, clock.instant()))
            .filter(c -> c.bundle().equals(bundle.identity()));
    Bundle policy = change.map(c -> changed(bundle, c)).orElse(bundle);
    boolean ours = source.equals(BUILT_IN) && change.isEmpty();
    PolicyEngine engine = ours ? unchecked(bundle) : gate.load(policy);
    ActivePolicy next =
        new ActivePolicy(bundle, source, change.map(Change::id), policy, clock.instant());
    Optional<PolicyIdentity> last = db.inRead(PolicyStore::last);
    // A restart with the same policy is no change, nor is a new vault's built-in policy.
    if (last.isPresent() ? last.get().equals(policy.identity()) : ours) {
      db.<Integer>inWrite(c -> put(c, next));
      exchange(next, engine);
    } else {
      activate(next, engine, Optional.empty(), _ -> {});
    }
  }

  /** Skips the load gate for the built-in policy, which the build has checked. */
  private PolicyEngine unchecked(Bundle bundle) {
    return new WasmEngine(bundle, gate.instances(), gate.deadline(), gate.watchdog());
  }

  /**
   * Puts a source's bundle in force, unless it already is.
   *
   * @throws BundleRejected if it fails a check
   * @throws IOException if it cannot be stored for the next start
   */
  void offer(byte[] archive, String source) throws BundleRejected, IOException {
    changing.lock();
    try {
      Bundle bundle = BundleReader.read(archive, trust);
      boolean known =
          inForce.filter(now -> now.bundle().identity().equals(bundle.identity())).isPresent();
      if (!known) {
        refuseOlder(bundle);
        PolicyEngine engine = gate.load(bundle);
        lastGood.write(archive);
        ActivePolicy next =
            new ActivePolicy(bundle, source, Optional.empty(), bundle, clock.instant());
        activate(next, engine, Optional.empty(), _ -> {});
      }
      recovered();
    } finally {
      changing.unlock();
    }
  }

  /** Refuses a bundle whose revision is older, or equal but of another policy. */
  private void refuseOlder(Bundle bundle) throws BundleRejected {
    PolicyIdentity newest = db.inRead(PolicyStore::newestBundle).orElse(bundle.identity());
    boolean newer = number(bundle.identity()) > number(newest);
    if (!newer && !newest.equals(bundle.identity())) {
      throw new BundleRejected(
          Step.REVISION, "The revision must be greater than that of the last good bundle");
    }
  }

  private static long number(PolicyIdentity policy) {
    return BundleReader.number(policy.revision()).orElse(-1);
  }

  /**
   * Proposes a change of the catalogue. The change passes the load gate now and decides after
   * another operator has approved it.
   *
   * @param actor the proposer
   */
  public Change propose(Edit edit, String reason, Actor actor) throws ChangeRefused {
    changing.lock();
    try {
      ActivePolicy now = inForce.orElseThrow(() -> new ChangeRefused(Why.NO_POLICY));
      ObjectNode before = Catalogue.of(now.policy().data());
      ObjectNode after = edit.apply(before.deepCopy());
      if (after.equals(before)) {
        throw new ChangeRefused(Why.CHANGES_NOTHING);
      }
      List<String> faults = Catalogue.faults(after);
      if (!faults.isEmpty()) {
        throw new ChangeRefused(Why.NO_CATALOGUE, String.join("; ", faults));
      }
      long id = db.inRead(ChangeStore::next);
      Bundle policy =
          now.bundle().withCatalogue(after, now.bundle().identity().revision() + "+" + id);
      checked(policy, 1);
      Change change =
          new Change(
              id,
              Change.State.PROPOSED,
              reason,
              after.toString(),
              policy.identity().revision(),
              policy.identity().dataDigest(),
              now.policy().identity(),
              now.bundle().identity(),
              actor.id(),
              clock.instant(),
              Optional.empty(),
              Optional.empty());
      db.inWrite(
          c -> {
            ChangeStore.take(c, change.id());
            PolicyStore.add(c, change);
            return log.stage(c, entry("policy.propose", change, actor));
          });
      return Approval.needed(now.policy(), policy) ? change : applied(change, now, actor);
    } finally {
      changing.unlock();
    }
  }

  /** Puts a change in force, also after restarts, for as long as its bundle is in force. */
  public Change approve(long id, Actor actor) throws ChangeRefused {
    changing.lock();
    try {
      Change change = open(id);
      ActivePolicy now = inForce.orElseThrow(() -> new ChangeRefused(Why.NO_POLICY));
      people.check(change.proposer(), actor.id());
      if (!change.of().equals(now.policy().identity())) {
        throw new ChangeRefused(Why.MOVED_ON);
      }
      return applied(change, now, actor);
    } finally {
      changing.unlock();
    }
  }

  private Change applied(Change change, ActivePolicy now, Actor actor) throws ChangeRefused {
    Bundle policy = changed(now.bundle(), change);
    PolicyEngine engine = checked(policy, gate.warmUp());
    ActivePolicy next =
        new ActivePolicy(
            now.bundle(), now.source(), Optional.of(change.id()), policy, clock.instant());
    activate(
        next,
        engine,
        Optional.of(actor),
        c -> PolicyStore.decide(c, change.id(), Change.State.APPLIED, actor.id(), next.since()));
    return change(change.id());
  }

  /** Withdraws a change that is not in force. */
  public Change withdraw(long id, Actor actor) throws ChangeRefused {
    changing.lock();
    try {
      Change change = open(id);
      db.inWrite(
          c -> {
            PolicyStore.decide(c, id, Change.State.WITHDRAWN, actor.id(), clock.instant());
            return log.stage(c, entry("policy.withdraw", change, actor));
          });
      return change(id);
    } finally {
      changing.unlock();
    }
  }

  private Change open(long id) throws ChangeRefused {
    Change change = change(id);
    if (change.state() != Change.State.PROPOSED) {
      throw new ChangeRefused(Why.CLOSED);
    }
    return change;
  }

  /** Returns the policy as it would be with the change. */
  public Bundle candidate(Change change) throws ChangeRefused {
    return changed(inForce.orElseThrow(() -> new ChangeRefused(Why.NO_POLICY)).bundle(), change);
  }

  /** Returns the catalogue before the change, if it is still kept. */
  public Optional<ObjectNode> before(Change change) {
    return db.<Optional<String>>inRead(c -> PolicyStore.data(c, change.of().dataDigest()))
        .map(Catalogue::of);
  }

  /** Returns the catalogue with the change. */
  public static ObjectNode after(Change change) {
    try {
      return (ObjectNode) JSON.readTree(change.catalogue());
    } catch (IOException e) {
      throw new IllegalStateException("The catalogue of a change is not JSON", e);
    }
  }

  /** Returns the change of that number, if it is one of the policy. */
  public Optional<Change> find(long id) {
    return db.inRead(c -> PolicyStore.change(c, id, clock.instant()));
  }

  /** Returns changes with smaller numbers than that, the newest first. */
  public List<Change> changes(long before, int limit) {
    return db.inRead(c -> PolicyStore.changes(c, before, limit, clock.instant()));
  }

  private Change change(long id) throws ChangeRefused {
    return find(id).orElseThrow(() -> new ChangeRefused(Why.UNKNOWN));
  }

  private PolicyEngine checked(Bundle policy, int warmUp) throws ChangeRefused {
    try {
      return new LoadGate(gate.instances(), gate.deadline(), gate.watchdog(), warmUp).load(policy);
    } catch (BundleRejected e) {
      throw new ChangeRefused(Why.REJECTED, e.step() + ", " + e.getMessage());
    }
  }

  private static Bundle changed(Bundle bundle, Change change) {
    return bundle.withCatalogue(after(change), change.revision());
  }

  private interface Write {
    void in(Connection c) throws SQLException;
  }

  /** Activates a policy; its log entry is durable before it decides anything. */
  private void activate(ActivePolicy next, PolicyEngine engine, Optional<Actor> actor, Write more) {
    db.inWrite(
        c -> {
          PolicyStore.supersede(c, next.change());
          more.in(c);
          put(c, next);
          return log.stage(c, AuditEntry.of(EntryType.POLICY, facts(next, actor)));
        });
    exchange(next, engine);
  }

  private void exchange(ActivePolicy next, PolicyEngine deciding) {
    engine.swap(engineDecorator.apply(deciding));
    inForce = Optional.of(next);
    LOG.atInfo()
        .addKeyValue("revision", next.policy().identity().revision())
        .addKeyValue("source", next.source())
        .log("policy in force");
  }

  private static int put(Connection c, ActivePolicy next) throws SQLException {
    Optional<PolicyIdentity> newest =
        next.source().equals(BUILT_IN)
            ? PolicyStore.newestBundle(c)
            : Optional.of(next.bundle().identity());
    PolicyStore.putInForce(c, next.policy().identity(), next.source(), next.since(), newest);
    PolicyStore.addVersion(c, next.policy(), next.since());
    return 1;
  }

  private static Map<String, Object> facts(ActivePolicy next, Optional<Actor> actor) {
    Map<String, Object> facts = actor.map(Actor::facts).orElseGet(TreeMap::new);
    facts.put("action", "policy.activate");
    facts.put("policy", next.policy().identity().revision());
    facts.put("policyDigest", next.policy().identity().codeDigest());
    facts.put("dataDigest", next.policy().identity().dataDigest());
    facts.put("source", next.source());
    next.change().ifPresent(id -> facts.put("change", id));
    return facts;
  }

  private static AuditEntry entry(String action, Change change, Actor actor) {
    Map<String, Object> facts = actor.facts();
    facts.put("action", action);
    facts.put("change", change.id());
    facts.put("target", change.revision());
    facts.put("dataDigest", change.dataDigest());
    return AuditEntry.of(EntryType.ADMIN, facts);
  }

  /** Returns the codes of all failures. */
  public static Set<String> failureCodes() {
    return Stream.concat(
            Stream.of(BundleRejected.Step.values()).map(Policies::code),
            Stream.of(
                LAST_GOOD_UNREADABLE,
                LAST_GOOD_UNWRITABLE,
                STORE_UNAVAILABLE,
                BUNDLE_UNREACHABLE,
                INTERNAL_ERROR))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String code(BundleRejected.Step step) {
    return "BUNDLE_" + step;
  }

  void failed(BundleRejected rejected) {
    failed(code(rejected.step()));
  }

  void failed(StoreUnavailable unavailable) {
    LOG.atError().log("a policy could not be recorded", unavailable);
    failed(STORE_UNAVAILABLE);
  }

  /** Records a failure; reports it once for as long as it lasts. */
  void failed(String code) {
    boolean known = failure.filter(f -> f.ongoing() && f.code().equals(code)).isPresent();
    if (!known) {
      failure = Optional.of(new Failure(code, clock.instant(), true));
      failureListener.accept(code);
      LOG.atWarn().addKeyValue("reason", code).log("policy not accepted; the previous one decides");
    }
  }

  /** Marks the last failure as over. */
  void recovered() {
    failure = failure.map(f -> new Failure(f.code(), f.at(), false));
  }

  @Override
  public void close() {
    engine.close();
  }
}
