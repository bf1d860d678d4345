package io.contextkeep.vault.http;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.witness.Witness;
import io.contextkeep.vault.accountability.Affected;
import io.contextkeep.vault.accountability.AsOf;
import io.contextkeep.vault.accountability.ProcessingRecords;
import io.contextkeep.vault.analytics.Analytics;
import io.contextkeep.vault.changes.Changes;
import io.contextkeep.vault.changes.RegistrationNews;
import io.contextkeep.vault.changes.TwoPeople;
import io.contextkeep.vault.consent.ConsentReceipts;
import io.contextkeep.vault.consent.Notices;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.erasure.Certificates;
import io.contextkeep.vault.erasure.RecipientNotices;
import io.contextkeep.vault.graph.GraphQueries;
import io.contextkeep.vault.identity.TokenVerifier;
import io.contextkeep.vault.lineage.LineageReader;
import io.contextkeep.vault.outgoing.Outgoing;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.read.Deriving;
import io.contextkeep.vault.read.Processing;
import io.contextkeep.vault.read.ReadPath;
import io.contextkeep.vault.replay.Evidence;
import io.contextkeep.vault.rights.Cases;
import io.contextkeep.vault.rights.Casework;
import io.contextkeep.vault.rights.RulePacks;
import io.contextkeep.vault.rights.agent.Agents;
import io.contextkeep.vault.store.Batches;
import io.contextkeep.vault.store.ConsentLedger;
import io.contextkeep.vault.store.Customers;
import io.contextkeep.vault.store.Derivations;
import io.contextkeep.vault.store.Enrolment;
import io.contextkeep.vault.store.Erasure;
import io.contextkeep.vault.store.HeardSignals;
import io.contextkeep.vault.store.Ingest;
import io.contextkeep.vault.store.Registry;
import io.contextkeep.vault.store.Staff;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What each role can do, put together from the vault's parts. */
public record Apis(List<Routes.Api> all, BooleanSupplier ready) {

  public static Apis of(
      Db db,
      Registry registry,
      Customers customers,
      ConsentLedger consents,
      Notices notices,
      ConsentReceipts receipts,
      Enrolment enrolment,
      Ingest ingest,
      Derivations derivations,
      Deriving deriving,
      SubjectKeys keys,
      BlindIndex blindIndex,
      ReadPath readPath,
      Analytics analytics,
      Erasure erasure,
      Certificates certificates,
      RecipientNotices recipientNotices,
      AuditLog log,
      VerifiableIndex index,
      Staff staff,
      TwoPeople people,
      Policies policies,
      Witness witness,
      Optional<TrustPolicy> witnesses,
      Evidence evidence,
      RulePacks rules,
      Cases cases,
      Casework casework,
      Agents agents,
      Optional<String> business,
      Outgoing outgoing,
      RegistrationNews news,
      ProcessingRecords records,
      AsOf asOf,
      GraphQueries queries,
      TokenVerifier tokens,
      Limits limits,
      InstantSource clock) {
    PrivacySignal privacy = new PrivacySignal(db, consents, receipts, policies::saleOrSharing);
    Me me = new Me(db, customers, keys, enrolment, log, privacy, limits);
    Supplier<Map<String, Processing>> inForce = () -> Processing.all(policies.data());
    ProcessingToday processing = new ProcessingToday(registry, inForce);
    Acts acts =
        new Acts(
            registry, processing, customers, consents, ingest, derivations, erasure, clock);
    Exercise exercise =
        new Exercise(me, db, customers, acts, privacy, evidence, processing, cases, casework);
    HeardSignals signals = new HeardSignals();
    Batches batches = new Batches();
    AuditLooks looks = new AuditLooks(log, keys);
    AppRegistration apps = new AppRegistration(registry, customers.kinds(), outgoing, news, clock);
    AttributeRegistration attributes = new AttributeRegistration(registry, clock);
    AgentRegistration agentRegistration = new AgentRegistration(agents, clock);
    BudgetRegistration budgets = new BudgetRegistration(analytics, registry, staff);
    List<Registration> kinds = List.of(apps, attributes, agentRegistration, budgets);
    Changes changes = new Changes(db, log, people, Json.MAPPER, kinds, news, clock);
    EvidenceApi evidenceApi = new EvidenceApi(evidence, log, looks);
    return new Apis(
        List.of(
            new AppApi(registry, readPath, limits),
            new SourceApi(
                db, registry, ingest, deriving, batches, blindIndex, customers.kinds(), log, clock),
            new CustomerApi(
                me, db, registry, acts, erasure, new ErasureAnswers(db, certificates), changes),
            new IdentifiersApi(me, db, customers, enrolment, tokens, log, looks, clock),
            new CorrectionsApi(db, registry, derivations, me, log, looks),
            new ErasureApi(db, certificates, recipientNotices, looks),
            new AccessProofApi(me, log, index),
            new ExportApi(
                me, db, registry, customers, consents, derivations, readPath, casework, clock),
            new LineageApi(
                me, db, registry, new LineageReader(registry, derivations, consents, clock)),
            new ConsentApi(
                me, db, registry, customers, consents, notices, receipts, signals, inForce, clock),
            new SignalApi(
                me, db, registry, customers, keys, blindIndex, signals, privacy, log, limits),
            new ConsentReceiptApi(me, db, receipts, clock),
            new NoticeApi(db, registry, notices, receipts, log, clock),
            new RightsApi(registry, inForce),
            new MyRequestsApi(me, db, acts, exercise, rules, cases, limits, clock),
            new AgentsApi(db, agents, log, agentRegistration, changes),
            new DataRightsApi(
                db, customers, agents, exercise, rules, cases, casework, business, outgoing, clock),
            new RequestDeskApi(db, cases, casework, customers, acts, looks, clock),
            new MyEvidenceApi(me, db, registry, consents, evidence),
            evidenceApi,
            new RegistrationApi(
                db, registry, changes, apps, attributes, kinds),
            new ChangesApi(changes, policies, evidence, evidenceApi, kinds, clock),
            new PolicyApi(policies),
            new AnalyticsApi(analytics),
            new AuditorApi(db, customers, looks),
            new ProcessingRecordsApi(records, looks, clock),
            new AsOfApi(asOf, db, customers, looks, clock),
            new SparqlApi(queries, looks),
            new AffectedApi(new Affected(db, registry), looks),
            new AuditExport(db, customers, log, looks),
            new OpenLineageExport(db, batches, log, looks, clock),
            new LogRoutes(db, log, looks, witnesses),
            new StaffApi(db, staff, looks),
            new WitnessApi(witness)),
        () -> isReady(db, keys, log));
  }

  private static boolean isReady(Db db, SubjectKeys keys, AuditLog log) {
    db.checkInPlace();
    keys.checkInPlace();
    return log.size() > 0;
  }
}
