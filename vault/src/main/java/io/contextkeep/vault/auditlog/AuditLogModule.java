package io.contextkeep.vault.auditlog;

import io.contextkeep.audit.VerifiableIndex;
import io.contextkeep.audit.proof.TrustPolicy;
import io.contextkeep.audit.witness.Witness;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.net.Clients;
import io.contextkeep.vault.web.Routes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The module of the audit log: its publication, its retention, and those who read it. */
public record AuditLogModule(
    Publisher publisher,
    Optional<WitnessRounds> rounds,
    AuditRetention retention,
    List<Routes.Api> routes,
    List<Job> jobs)
    implements Module {

  /** The publication of the log. */
  public record Publication(
      VerifiableIndex index, Optional<TrustPolicy> witnesses, Witness witness) {}

  /**
   * Makes the module.
   *
   * @param kept the age at which entries are removed; empty to keep them permanently
   * @param sweep the interval between removals
   */
  public static AuditLogModule of(
      Core core,
      CustomersModule customers,
      Staff staff,
      Publication publication,
      Optional<Duration> kept,
      Duration sweep) {
    Publisher publisher = new Publisher(publication.index(), core.log());
    AuditRetention retention = new AuditRetention(core.db(), core.log(), core.settled(), kept);
    Optional<WitnessRounds> rounds =
        publication
            .witnesses()
            .map(
                policy ->
                    WitnessRounds.of(
                        core.db(),
                        core.log(),
                        policy,
                        Clients.client(),
                        core.metrics(),
                        core.clock()));
    List<Job> jobs = new ArrayList<>();
    jobs.add(Job.sweep("audit-retention", sweep, retention::sweep));
    jobs.add(publisher.job());
    rounds.ifPresent(made -> jobs.addAll(made.jobs()));
    return new AuditLogModule(
        publisher,
        rounds,
        retention,
        List.of(
            new AccessProofApi(customers.session(), core.log(), publication.index()),
            new AuditorApi(core.db(), customers.directory(), customers.looks()),
            new AuditExport(core.db(), customers.directory(), core.log(), customers.looks()),
            new LogRoutes(core.db(), core.log(), customers.looks(), publication.witnesses()),
            new StaffApi(core.db(), staff, customers.looks()),
            new WitnessApi(publication.witness())),
        List.copyOf(jobs));
  }

  /** Publishes the log now, even if the index fails. */
  public void publish() {
    publisher.publish();
  }

  /** Asks every witness now, in turn. */
  public void askWitnesses() {
    rounds.ifPresent(WitnessRounds::askAll);
  }

  /** Returns whether the witnesses signed lately, as a line of coded words; empty without any. */
  public String note() {
    return rounds
        .map(asked -> asked.quorum() ? "witnesses: quorum\n" : "witnesses: no quorum\n")
        .orElse("");
  }

  /** Removes all entries that are too old and returns their number. */
  public long sweep() {
    return retention.sweep();
  }
}
