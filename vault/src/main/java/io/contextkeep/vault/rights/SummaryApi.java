package io.contextkeep.vault.rights;

import static io.vertx.core.http.HttpMethod.GET;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.contextkeep.audit.AuditReader;
import io.contextkeep.ontology.SubjectId;
import io.contextkeep.vault.auditlog.Accesses;
import io.contextkeep.vault.context.HeldCount;
import io.contextkeep.vault.crypto.SubjectKey;
import io.contextkeep.vault.customers.CustomerSession;
import io.contextkeep.vault.db.Db;
import io.contextkeep.vault.identity.Role;
import io.contextkeep.vault.registry.Registry;
import io.contextkeep.vault.web.Answer;
import io.contextkeep.vault.web.Request;
import io.contextkeep.vault.web.Routes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The summary for a customer's portal: the number of values held, the last reads, the open
 * requests.
 */
final class SummaryApi implements Routes.Api {
  private static final int READS = 10;

  private final CustomerSession me;
  private final Db db;
  private final Registry registry;
  private final Cases cases;
  private final InstantSource clock;

  SummaryApi(CustomerSession me, Db db, Registry registry, Cases cases, InstantSource clock) {
    this.me = me;
    this.db = db;
    this.registry = registry;
    this.cases = cases;
    this.clock = clock;
  }

  /**
   * The answer.
   *
   * @param reads entries of the log, the newest first
   * @param requests the open ones, the oldest first
   */
  private record Summary(List<HeldCount> held, List<ObjectNode> reads, List<ShownCase> requests) {}

  @Override
  public void mount(Routes routes) {
    routes.route(GET, "/v1/me/summary").as(Role.CUSTOMER).handle(this::summary);
  }

  private Answer summary(Request request) {
    SubjectId subject = me.subject(request);
    SubjectKey key = me.key(subject);
    me.recordView(request, subject, "summary");
    Instant now = clock.instant();
    return Answer.ok(
        db.inRead(
            c ->
                new Summary(
                    HeldCount.of(c, subject, registry.attributes(), now),
                    AuditReader.reads(c, subject.value(), key, READS).stream()
                        .map(Accesses::shown)
                        .toList(),
                    cases.openOf(c, subject).stream()
                        .map(open -> ShownCase.ofCustomer(open, now, Optional.empty()))
                        .toList())));
  }
}
