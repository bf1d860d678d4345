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
import io.contextkeep.policy.LivingEngine;
import io.contextkeep.policy.NoPolicy;
import io.contextkeep.policy.PolicyEngine;
import io.contextkeep.policy.PolicyIdentity;
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
 * The one way in which a policy comes into force: through the gate, into the audit log, and only
 * then in the place of the one before, which decides until that moment and stays if anything fails.
 * No read ever waits for this. Where a bundle is wanted and none was ever taken, nothing is
 * allowed.
 */
public final class Policies implements AutoCloseable {
  private static final String LAST_GOOD_UNREADABLE = "LAST_GOOD_UNREADABLE";
  static final String LAST_GOOD_UNWRITABLE = "LAST_GOOD_UNWRITABLE";
  private static final String STORE_UNAVAILABLE = "STORE_UNAVAILABLE";
  static final String BUNDLE_UNREACHABLE = "BUNDLE_UNREACHABLE";
  static final String INTERNAL_ERROR = "INTERNAL_ERROR";

  /** Where the policy that is built in comes from. */
  static final String BUILT_IN = "built-in";

  /** How long a bundle server may take for a whole answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final String LAST_GOOD = "last-good";
  private static final Set<Purpose> BUILT_IN_LAWS = Catalogue.optOut(Bundle.builtIn().data());
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(Policies.class);

  /** Another catalogue, made of the one in force. */
  public interface Edit extends UnaryOperator<ObjectNode> {}

  private final Db db;
  private final AuditLog log;
  private final LoadGate gate;
  private final Trust trust;
  private final LastGood kept;
  private final UnaryOperator<PolicyEngine> dressed;
  private final Consumer<String> watcher;
  private final TwoPeople people;
  private final InstantSource clock;
  private final LivingEngine living = new LivingEngine(new NoPolicy());

  /** Held while a policy is tried and exchanged, which takes about a second. */
  private final ReentrantLock changing = new ReentrantLock();

  private volatile Optional<ActivePolicy> inForce = Optional.empty();
  private volatile Optional<Failure> failure = Optional.empty();
  private Optional<PolicyWatch> watch = Optional.empty();

  /**
   * @param dressed what each engine is worn in; it is made anew for each, so that nothing
   *     remembered of one policy is ever said of the next
   * @param watcher told the code of each failure, once
   */
  Policies(
      Db db,
      AuditLog log,
      LoadGate gate,
      Trust trust,
      LastGood kept,
      UnaryOperator<PolicyEngine> dressed,
      Consumer<String> watcher,
      TwoPeople people,
      InstantSource clock) {
    this.db = db;
    this.log = log;
    this.gate = gate;
    this.trust = trust;
    this.kept = kept;
    this.dressed = dressed;
    this.watcher = watcher;
    this.people = people;
    this.clock = clock;
  }

  /**
   * Puts a policy into force, if there is one to be had, and begins to look for others.
   *
   * @param builtIn what decides where no bundle is set
   * @param gate how policies are tried
   * @param kept where the last good bundle is kept
   * @param clients makes what asks a bundle server: it follows no redirect
   */
  public static Policies start(
      PolicySettings settings,
      Bundle builtIn,
      Db db,
      AuditLog log,
      LoadGate gate,
      Path kept,
      UnaryOperator<PolicyEngine> dressed,
      Consumer<String> watcher,
      TwoPeople people,
      InstantSource clock,
      Supplier<HttpClient> clients,
      Jobs jobs) {
    Policies policies =
        new Policies(
            db, log, gate, settings.trust(), new LastGood(kept), dressed, watcher, people, clock);
    if (settings.server().isPresent()) {
      if (settings.bundle().isPresent()) {
        throw new IllegalArgumentException(
            "policy.bundle and policy.server are two answers to one question: set one of them");
      }
      return policies;
    }
    if (settings.bundle().isEmpty()) {
      policies.startBuiltIn(builtIn);
      return policies;
    }
    if (settings.unsigned()) {
      LOG.atWarn().log("unsigned policies are taken: whoever writes policy.bundle decides");
    }
    policies.startLastGood();
    BundleSource source = source(settings, settings.bundle().get(), clients);
    policies.watch =
        Optional.of(new PolicyWatch(source, policies, settings, RandomGenerator.getDefault()));
    policies.watch.get().start(jobs);
    return policies;
  }

  private static BundleSource source(
      PolicySettings settings, String bundle, Supplier<HttpClient> clients) {
    return PolicySettings.isUrl(bundle)
        ? new HttpSource(clients.get(), URI.create(bundle), settings.token(), PATIENCE)
        : new FileSource(Path.of(bundle));
  }

  /** Looks for a new bundle now, where there is a source of them. */
  public void look() {
    watch.ifPresent(PolicyWatch::look);
  }

  /** For whoever asks whether the vault is ready, in coded words; empty where all is as usual. */
  public String note() {
    String failed =
        failure.filter(Failure::ongoing).map(f -> "policy failure: " + f.code() + "\n").orElse("");
    return (inForce.isEmpty() ? "policy: none\n" : "") + failed;
  }

  /** What decides, whichever policy that is by then. */
  public PolicyEngine engine() {
    return living;
  }

  public Optional<ActivePolicy> inForce() {
    return inForce;
  }

  /** The last one since the start. */
  public Optional<Failure> lastFailure() {
    return failure;
  }

  /** The data of the policy in force: an empty object where there is none. */
  public String data() {
    return inForce.map(now -> now.policy().data()).orElse("{}");
  }

  /**
   * The purposes that are sale or sharing by the laws of the policy in force; by those of the
   * built-in one where another machine decides.
   */
  public Set<Purpose> saleOrSharing() {
    return inForce.map(ActivePolicy::saleOrSharing).orElse(BUILT_IN_LAWS);
  }

  /** The built-in policy decides, with what operators have changed in it. */
  private void startBuiltIn(Bundle builtIn) {
    try {
      start(builtIn, BUILT_IN);
    } catch (BundleRejected e) {
      failed(e);
    }
  }

  /** The last good bundle decides until the source has another; it passes the whole gate again. */
  private void startLastGood() {
    try {
      Optional<byte[]> bundle = kept.read();
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
    PolicyEngine engine = ours ? untried(bundle) : gate.load(policy);
    ActivePolicy next =
        new ActivePolicy(bundle, source, change.map(Change::id), policy, clock.instant());
    Optional<PolicyIdentity> last = db.inRead(PolicyStore::last);
    // A restart with the same policy changes nothing; nor is a new vault's own policy a change.
    if (last.isPresent() ? last.get().equals(policy.identity()) : ours) {
      db.<Integer>inWrite(c -> put(c, next));
      exchange(next, engine);
    } else {
      activate(next, engine, Optional.empty(), _ -> {});
    }
  }

  /** It was tried when it was built, and a start should not take a second longer for it. */
  private PolicyEngine untried(Bundle bundle) {
    return new WasmEngine(bundle, gate.instances(), gate.deadline(), gate.watchdog());
  }

  /**
   * A bundle that its source has now.
   *
   * @throws BundleRejected if it is not taken
   * @throws IOException if it cannot be kept for the next start
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
        kept.write(archive);
        ActivePolicy next =
            new ActivePolicy(bundle, source, Optional.empty(), bundle, clock.instant());
        activate(next, engine, Optional.empty(), _ -> {});
      }
      wentWell();
    } finally {
      changing.unlock();
    }
  }

  /** A revision names one policy: another of the same number is as unwelcome as an older one. */
  private void refuseOlder(Bundle bundle) throws BundleRejected {
    PolicyIdentity newest = db.inRead(PolicyStore::newestBundle).orElse(bundle.identity());
    boolean newer = number(bundle.identity()) > number(newest);
    if (!newer && !newest.equals(bundle.identity())) {
      throw new BundleRejected(
          Step.REVISION, "The revision is not newer than that of the last good bundle");
    }
  }

  private static long number(PolicyIdentity policy) {
    return BundleReader.number(policy.revision()).orElse(-1);
  }

  /**
   * Asks for another catalogue. It is checked and tried at once, and decides once another operator
   * has approved it.
   *
   * @param actor the one who asks
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
      tried(policy, 1);
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

  /** It decides from now on, and after a restart, as long as its bundle does. */
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
    PolicyEngine engine = tried(policy, gate.warmUp());
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

  /** The change will not be made. */
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

  /** The newest changes, the newest first. */
  public List<Change> changes() {
    return changes(Long.MAX_VALUE, PolicyStore.MOST_CHANGES);
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

  /** Returns the catalogue that the change was made of, if it is still kept. */
  public Optional<ObjectNode> before(Change change) {
    return db.<Optional<String>>inRead(c -> PolicyStore.data(c, change.of().dataDigest()))
        .map(Catalogue::of);
  }

  /** Returns the change's own catalogue. */
  public static ObjectNode after(Change change) {
    try {
      return (ObjectNode) JSON.readTree(change.catalogue());
    } catch (IOException e) {
      throw new IllegalStateException("A change of the policy is no longer JSON", e);
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

  private PolicyEngine tried(Bundle policy, int warmUp) throws ChangeRefused {
    try {
      return new LoadGate(gate.instances(), gate.deadline(), gate.watchdog(), warmUp).load(policy);
    } catch (BundleRejected e) {
      throw new ChangeRefused(Why.REJECTED, e.step() + ", " + e.getMessage());
    }
  }

  private static Bundle changed(Bundle bundle, Change change) {
    return bundle.withCatalogue(after(change), change.revision());
  }

  private interface Also {
    void in(Connection c) throws SQLException;
  }

  /** The log has it, durably, before anything is decided by it. */
  private void activate(ActivePolicy next, PolicyEngine engine, Optional<Actor> actor, Also also) {
    db.inWrite(
        c -> {
          PolicyStore.supersede(c, next.change());
          also.in(c);
          put(c, next);
          return log.stage(c, AuditEntry.of(EntryType.POLICY, facts(next, actor)));
        });
    exchange(next, engine);
  }

  private void exchange(ActivePolicy next, PolicyEngine engine) {
    living.swap(dressed.apply(engine));
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

  /** Returns the codes of all failures that a watcher can be told of. */
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

  /** Said once for as long as it goes on. */
  void failed(String code) {
    boolean known = failure.filter(f -> f.ongoing() && f.code().equals(code)).isPresent();
    if (!known) {
      failure = Optional.of(new Failure(code, clock.instant(), true));
      watcher.accept(code);
      LOG.atWarn().addKeyValue("reason", code).log("policy not taken; the one before decides");
    }
  }

  void wentWell() {
    failure = failure.map(f -> new Failure(f.code(), f.at(), false));
  }

  @Override
  public void close() {
    living.close();
  }
}
