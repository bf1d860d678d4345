package io.contextkeep.vault.erasure;

import io.contextkeep.vault.core.Core;
import io.contextkeep.vault.core.Module;
import io.contextkeep.vault.customers.CustomersModule;
import io.contextkeep.vault.jobs.Job;
import io.contextkeep.vault.outbox.Channel;
import io.contextkeep.vault.registry.App;
import io.contextkeep.vault.web.Routes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The erasure of customers, with certificates and notices. */
public record ErasureModule(
    Erasure erasure,
    ErasureAnswers answers,
    List<Routes.Api> routes,
    List<Job> jobs,
    List<Channel> channels)
    implements Module {

  /** Sends the notices that an app waits for, now that it is registered with a URL for them. */
  public static void registered(Connection c, App app) throws SQLException {
    ErasureNotices.push(c, app);
  }

  public static ErasureModule of(
      Core core, CustomersModule customers, Erasure.Held held, ErasureSettings settings) {
    Erasure erasure =
        new Erasure(
            core.db(),
            customers.directory(),
            core.keys(),
            core.log(),
            held,
            core.clock(),
            settings.backupRetention());
    RecipientNotices notices =
        new RecipientNotices(
            core.db(),
            core.keys().notices(),
            core.log(),
            core.signingKey(),
            core.issuer(),
            settings.noticeTimeout(),
            core.clock(),
            core.settled());
    core.metrics().unacknowledgedNotices(notices::unacknowledged);
    Certificates certificates =
        new Certificates(core.signingKey(), core.issuer(), core.log().origin());
    return new ErasureModule(
        erasure,
        new ErasureAnswers(core.db(), certificates),
        List.of(new ErasureApi(core.db(), certificates, notices, customers.looks())),
        List.of(
            Job.every("unfinished-erasures", Duration.ofMinutes(1), erasure::resumeUnfinished),
            notices.job()),
        List.of(new NoticePush(notices)));
  }
}
