package io.contextkeep.vault.graph;

import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.AuditorAccessLog;
import io.contextkeep.vault.jobs.Threads;
import io.contextkeep.vault.provenance.Batches;
import io.contextkeep.vault.web.Routes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** The graph, which follows the database, and its queries. */
public record GraphModule(Projector projector, List<Routes.Api> routes) implements Module {
  /** The most queries of auditors that run at once. */
  public static final int QUERIES_AT_ONCE = 2;

  /** The longest time of an auditor's query. */
  private static final Duration QUERIES = Duration.ofSeconds(10);

  public static GraphModule of(
      Core core, Path directory, AuditorAccessLog auditorAccess, ThreadFactory threads) {
    Projector projector =
        Projector.of(core.db(), new Batches(), directory, core.random(), threads, core.clock());
    core.metrics().graphLag("consents", () -> projector.lag().consents());
    core.metrics().graphLag("batches", () -> projector.lag().batches());
    core.metrics().graphLag("releases", () -> projector.lag().releases());
    core.metrics().graphLag("removals", () -> projector.lag().removals());
    core.metrics().graphLag("accesses", () -> projector.lag().accesses());
    core.metrics().graphLag("erasures", () -> projector.lag().erasures());
    return new GraphModule(
        projector,
        List.of(
            new SparqlApi(
                projector.queries(Threads.computing("auditor-query"), QUERIES), auditorAccess)));
  }
}
