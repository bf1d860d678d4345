package io.contextkeep.vault.analytics;

import io.contextkeep.vault.auditlog.Staff;
import io.contextkeep.vault.context.CohortPath;
import io.contextkeep.vault.context.ContextModule;
import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.HeldRows;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.jobs.Threads;
import io.contextkeep.vault.registry.Registration;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Routes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.ExecutorService;

/** The module of differentially private statistics. */
public record AnalyticsModule(Analytics analytics, Registration budgets, List<Routes.Api> routes)
    implements Module {

  /** Returns the rows about customers. */
  public static List<HeldRows> held() {
    return Ledger.held();
  }

  /** Returns the populations that have a budget, each after its purpose and a space. */
  public static SortedSet<String> populations(Connection c) throws SQLException {
    return Ledger.populations(c);
  }

  /**
   * @param threads the threads of open questions
   */
  public static AnalyticsModule of(
      Core core,
      Registry registry,
      ContextModule context,
      Staff staff,
      Timing timing,
      ExecutorService threads) {
    Analytics analytics =
        new Analytics(
            core,
            registry,
            new CohortPath(
                core.db(),
                registry,
                context.store(),
                core.keys(),
                context.gate(),
                core.clock(),
                Threads.computing("statistics")),
            core.root().subkey("analytics-choice/v1"),
            core.random()::nextBytes,
            timing,
            threads);
    return new AnalyticsModule(
        analytics,
        new BudgetRegistration(analytics, registry, staff),
        List.of(new AnalyticsApi(analytics)));
  }
}
