package io.contextkeep.vault.http;

import io.contextkeep.audit.AuditLog;
import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.witness.Witness;
import io.contextkeep.vault.analytics.Analytics;
import io.contextkeep.vault.consent.ConsentReceipts;
import io.contextkeep.vault.consent.Notices;
import io.contextkeep.vault.crypto.BlindIndex;
import io.contextkeep.vault.crypto.SubjectKeys;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.lineage.LineageReader;
import io.contextkeep.vault.policy.Policies;
import io.contextkeep.vault.read.Deriving;
import io.contextkeep.vault.read.Processing;
import io.contextkeep.vault.read.ReadPath;
import io.contextkeep.vault.replay.Evidence;
import io.contextkeep.vault.store.Batches;
import io.contextkeep.vault.store.ConsentLedger;
import io.contextkeep.vault.store.Customers;
import io.contextkeep.vault.store.Derivations;
import io.contextkeep.vault.store.Erasure;
import io.contextkeep.vault.store.Ingest;
import io.contextkeep.vault.store.Registry;
import io.contextkeep.vault.store.Staff;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What each role can do, put together from the vault's parts. */
public record Apis(List<Routes.Api> all, BooleanSupplier ready) {

  public static Apis of(
      Db db,
      Registry registry,
      Customers customers,
      ConsentLedger consents,
      Notices notices,
      ConsentReceipts receipts,
      Ingest ingest,
      Derivations derivations,
      Deriving deriving,
      SubjectKeys keys,
      BlindIndex blindIndex,
      ReadPath readPath,
      Analytics analytics,
      Erasure erasure,
      AuditLog log,
      VerifiableIndex index,
      Staff staff,
      Policies policies,
      Witness witness,
      Optional<TrustPolicy> witnesses,
      Evidence evidence,
      InstantSource clock) {
    Me me =
        new Me(
            db,
            customers,
            keys,
            ingest,
            log,
            new PrivacySignal(db, consents, receipts, policies::saleOrSharing, clock));
    AuditLooks looks = new AuditLooks(log, keys);
    return new Apis(
        List.of(
            new AppApi(registry, readPath),
            new SourceApi(db, registry, ingest, deriving, new Batches(), blindIndex, log, clock),
            new CustomerApi(
                me, db, registry, customers, consents, ingest, derivations, erasure, clock),
            new AccessProofApi(me, log, index),
            new ExportApi(me, db, registry, customers, consents, derivations, readPath, clock),
            new LineageApi(
                me, db, registry, new LineageReader(registry, derivations, consents, clock)),
            new ConsentApi(me, db, registry, customers, consents, notices, receipts, clock),
            new ConsentReceiptApi(me, db, receipts, clock),
            new NoticeApi(db, registry, notices, receipts, log, clock),
            new RightsApi(registry, () -> Processing.all(policies.data())),
            new MyEvidenceApi(me, db, registry, consents, evidence),
            new EvidenceApi(evidence, log, looks),
            new OperatorApi(db, registry, log, clock),
            new PolicyApi(policies),
            new AnalyticsApi(analytics, registry),
            new AuditorApi(db, customers, looks),
            new AuditExport(db, customers, log, looks),
            new LogRoutes(db, log, looks, witnesses),
            new StaffApi(db, staff, looks),
            new WitnessApi(witness)),
        () -> log.size() > 0);
  }
}
